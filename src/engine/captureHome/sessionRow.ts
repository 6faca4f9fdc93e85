/** A row of the Sessions view: what a trace file or a live capture is called there, and what its menu offers. */
import { basename } from 'node:path';
import { sizeText } from '../../core/base/size.ts';
import { growthText, type LiveSession, modeBadge } from './liveSession.ts';

/** A trace file that the view lists. */
export interface SessionFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970 when it was last written. */
  readonly changed: number;
  /** What is known of it while its tap runs. */
  readonly live: LiveSession | null;
}

export interface SessionRow {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  /** Id of a theme colour; null for the usual one. */
  readonly colour: string | null;
  /** `live-recording`, `live-watch`, `live-enforce`, `capture` or `log`: what the menus ask for. */
  readonly kind: string;
  readonly tooltip: string;
}

/** Live ones first, then by time, newest first. */
export function sessionOrder(a: SessionFile, b: SessionFile): number {
  if ((a.live === null) !== (b.live === null)) return a.live === null ? 1 : -1;
  const started = (file: SessionFile): number =>
    file.live === null ? file.changed : Date.parse(file.live.facts.start) || file.changed;
  return started(b) - started(a) || (a.path < b.path ? -1 : 1);
}

/** `relative` shortens a path for people; `localTime` writes a time as they do. */
export function sessionRow(
  file: SessionFile,
  open: boolean,
  relative: (path: string) => string,
  localTime: (ms: number) => string,
): SessionRow {
  const { path, live, bytes, changed } = file;
  if (live !== null) return liveRow(live, open);
  const named = readCaptureName(path);
  const label = named === null ? relative(path) : named.server;
  const parts = [named === null ? '' : localTime(named.start), sizeText(bytes), open ? 'open' : ''];
  return {
    label,
    description: parts.filter((part) => part !== '').join(' · '),
    icon: open ? 'pulse' : 'history',
    colour: null,
    kind: path.endsWith('.guardtrace.jsonl') ? 'capture' : 'log',
    tooltip: `${path}\n${localTime(changed)}`,
  };
}

const liveColours = { recording: 'charts.red', watch: 'charts.blue', enforce: 'errorForeground' } as const;

function liveRow(live: LiveSession, open: boolean): SessionRow {
  const { facts, mode, path } = live;
  const guard = facts.guard === undefined || mode === 'recording' ? '' : basename(facts.guard);
  const parts = [modeBadge[mode], guard, growthText(live), open ? 'open' : ''];
  const where = [
    path,
    `${facts.transport}, process ${facts.pid}, since ${facts.start}`,
    ...(guard === '' ? [] : [`guard: ${facts.guard}`]),
    ...(guard === '' || facts.policy === undefined ? [] : [`policy: ${facts.policy}`]),
  ];
  return {
    label: facts.server,
    description: parts.filter((part) => part !== '').join(' · '),
    icon: 'loading~spin',
    colour: liveColours[mode],
    kind: `live-${mode}`,
    tooltip: where.join('\n'),
  };
}

/** Server and start in the name that a captured server gives its captures: `files-2026-11-23T02-30-05Z-4711.guardtrace.jsonl`. */
export function readCaptureName(path: string): { readonly server: string; readonly start: number } | null {
  const pattern = /^(.+)-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z-\d+(?:\.\d+)?\.guardtrace\.jsonl$/;
  const [, server, day, hour, minute, second] = pattern.exec(basename(path)) ?? [];
  if (server === undefined) return null;
  const start = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(start) ? null : { server, start };
}
