/** A session that is being captured right now, and what views, status bar and notifications say of it. */
import { basename } from 'node:path';
import { sizeText } from '../../core/base/size.ts';
import type { LiveFacts } from '../recording/format/liveFile.ts';
import type { LiveControl } from '../liveGuard/controlFile.ts';

/** What the tap of a session does: it only records, a guard watches beside it, or a guard decides what the client gets. */
export type SessionMode = 'recording' | 'watch' | 'enforce';

export interface LiveSession {
  /** The capture, absolute. */
  readonly path: string;
  readonly facts: LiveFacts;
  readonly mode: SessionMode;
  readonly bytes: number;
  /** Tool calls of the client so far. */
  readonly calls: number;
}

/** The facts of a tap with what it was told since and obeys from the next call on; a tap without a guard's place obeys nothing. */
export function steered(facts: LiveFacts, control: LiveControl): LiveFacts {
  return facts.mode === undefined ? facts : { ...facts, ...control };
}

/** A guard that is switched off leaves a recording. */
export function sessionMode({ guard, mode }: LiveFacts): SessionMode {
  return guard === undefined || mode === undefined || mode === 'off' ? 'recording' : mode;
}

/** The badge of a session. Enforcing changes what the client gets, so it is loud. */
export const modeBadge: Readonly<Record<SessionMode, string>> = {
  recording: 'recording',
  watch: 'watching',
  enforce: 'ENFORCING',
};

/** `12 calls · 34.0 kB`. */
export function growthText({ calls, bytes }: { readonly calls: number; readonly bytes: number }): string {
  return `${calls.toLocaleString('en')} ${calls === 1 ? 'call' : 'calls'} · ${sizeText(bytes)}`;
}

/** What a notification says of a session that has just begun. */
export function startedText({ facts, mode }: LiveSession): string {
  const guard = facts.guard === undefined ? '' : basename(facts.guard);
  switch (mode) {
    case 'recording':
      return `Recording the session of "${facts.server}".`;
    case 'watch':
      return `Recording the session of "${facts.server}"; ${guard} watches it.`;
    case 'enforce':
      return `${guard} decides what the client of "${facts.server}" gets.`;
  }
}

/** What the status bar shows. */
export interface LiveStatus {
  /** With the names of icons, as VS Code writes them: `$(record)`. */
  readonly text: string;
  /** One line a session. */
  readonly lines: readonly string[];
  readonly enforcing: boolean;
}

/** null when nothing is captured. */
export function liveStatus(sessions: readonly LiveSession[]): LiveStatus | null {
  if (sessions.length === 0) return null;
  const lines = sessions.map(
    (session) => `${session.facts.server}: ${modeBadge[session.mode]}, ${growthText(session)}`,
  );
  const enforced = [...new Set(sessions.filter(({ mode }) => mode === 'enforce').map(({ facts }) => facts.server))];
  if (enforced.length > 0) return { text: `$(shield) Enforcing: ${enforced.join(', ')}`, lines, enforcing: true };
  const count = `${sessions.length} ${sessions.length === 1 ? 'session' : 'sessions'}`;
  return { text: `$(record) ${count}`, lines, enforcing: false };
}
