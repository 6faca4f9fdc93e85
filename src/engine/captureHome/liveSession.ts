/** A session that is being captured, and its texts for views, status bar and notifications. */
import { basename } from 'node:path';
import { sizeText } from '../../core/base/size.ts';
import type { LiveFacts } from '../recording/format/liveFile.ts';
import type { LiveControl } from '../liveGuard/controlFile.ts';

/** `recording`: no guard. `watch`: a guard runs, but the client gets the server's answers. `enforce`: the guard's decisions apply. */
export type SessionMode = 'recording' | 'watch' | 'enforce';

/** A running tap and its capture. */
export interface LiveSession {
  /** Absolute path of the capture. */
  readonly path: string;
  readonly facts: LiveFacts;
  readonly mode: SessionMode;
  readonly bytes: number;
  /** Tool calls of the client so far. */
  readonly calls: number;
}

/** The facts of a tap, overridden by its control file, which applies from the next call on. A tap without guard support ignores the file. */
export function withControl(facts: LiveFacts, control: LiveControl): LiveFacts {
  return facts.mode === undefined ? facts : { ...facts, ...control };
}

/** The mode of a tap; a guard that is switched off counts as `recording`. */
export function sessionMode({ guard, mode }: LiveFacts): SessionMode {
  return guard === undefined || mode === undefined || mode === 'off' ? 'recording' : mode;
}

/** The badge of a mode. `enforce` is in capitals because it changes what the client gets. */
export const modeBadge: Readonly<Record<SessionMode, string>> = {
  recording: 'recording',
  watch: 'watching',
  enforce: 'ENFORCING',
};

/** For example `12 calls · 34.0 kB`. */
export function growthText({ calls, bytes }: { readonly calls: number; readonly bytes: number }): string {
  return `${calls.toLocaleString('en')} ${calls === 1 ? 'call' : 'calls'} · ${sizeText(bytes)}`;
}

/** The text of the notification when a session starts. */
export function startedText({ facts, mode }: LiveSession): string {
  const guard = facts.guard === undefined ? '' : basename(facts.guard);
  switch (mode) {
    case 'recording':
      return `Recording the session of "${facts.server}".`;
    case 'watch':
      return `Recording the session of "${facts.server}"; ${guard} watches it.`;
    case 'enforce':
      return `Recording the session of "${facts.server}"; ${guard} enforces its decisions.`;
  }
}

function failureText({ mode, facts: { message = '' } }: LiveSession): string {
  return mode === 'recording' || message === '' ? '' : `. ${message}`;
}

/** The contents of the status bar item. */
export interface LiveStatus {
  /** With icons in VS Code's syntax: `$(record)`. */
  readonly text: string;
  /** One line per session. */
  readonly lines: readonly string[];
  readonly enforcing: boolean;
}

/** Returns null if there are no sessions. */
export function liveStatus(sessions: readonly LiveSession[]): LiveStatus | null {
  if (sessions.length === 0) return null;
  const lines = sessions.map(
    (session) => `${session.facts.server}: ${modeBadge[session.mode]}, ${growthText(session)}${failureText(session)}`,
  );
  const enforced = [...new Set(sessions.filter(({ mode }) => mode === 'enforce').map(({ facts }) => facts.server))];
  if (enforced.length > 0) return { text: `$(shield) Enforcing: ${enforced.join(', ')}`, lines, enforcing: true };
  const count = `${sessions.length} ${sessions.length === 1 ? 'session' : 'sessions'}`;
  return { text: `$(record) ${count}`, lines, enforcing: false };
}
