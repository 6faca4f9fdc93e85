/** The rows of the Sessions view: label, description, icon and kind of a trace file or live session. */
import { basename } from 'node:path';
import { sizeText } from '../../core/base/size.ts';
import { growthText, type LiveSession, modeBadge } from './liveSession.ts';

/** A trace file that the view lists. */
export interface SessionFile {
  readonly path: string;
  readonly bytes: number;
  /** Modification time, in milliseconds since 1970. */
  readonly changed: number;
  /** The session while its tap runs; else null. */
  readonly live: LiveSession | null;
}

/** The texts and the icon of a row. */
export interface SessionRow {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  /** Id of a theme colour; null for the default colour. */
  readonly colour: string | null;
  /** `live-recording`, `live-watch`, `live-enforce`, `capture` or `log`; the `when` clauses of the menus use it as `viewItem`. */
  readonly kind: string;
  readonly tooltip: string;
}

/** Compares two files: live sessions first, then the newest first. */
export function sessionOrder(a: SessionFile, b: SessionFile): number {
  if ((a.live === null) !== (b.live === null)) return a.live === null ? 1 : -1;
  const started = (file: SessionFile): number =>
    file.live === null ? file.changed : Date.parse(file.live.facts.start) || file.changed;
  return started(b) - started(a) || (a.path < b.path ? -1 : 1);
}

/** How paths and times are formatted for the user. */
export interface RowFormat {
  readonly relative: (path: string) => string;
  /** From milliseconds since 1970. */
  readonly localTime: (ms: number) => string;
}

/** Formats a row. `open` says whether a panel shows the trace. */
export function sessionRow(
  file: SessionFile & { readonly open: boolean },
  { relative, localTime }: RowFormat,
): SessionRow {
  const { path, live, bytes, changed, open } = file;
  if (live !== null) return liveRow(live, open);
  const name = readCaptureName(path);
  const label = name === null ? relative(path) : name.server;
  const parts = [name === null ? '' : localTime(name.start), sizeText(bytes), open ? 'open' : ''];
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
  const tooltipLines = [
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
    tooltip: tooltipLines.join('\n'),
  };
}

/**
 * Parses the name that the tap of a captured server gives its captures: `files-2026-11-23T02-30-05Z-4711.guardtrace.jsonl`, or with `calls`
 * in place of the process when *New Call…* made it (`callsPattern`).
 */
export function readCaptureName(path: string): { readonly server: string; readonly start: number } | null {
  const pattern = /^(.+)-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z-(?:\d+|calls)(?:\.\d+)?\.guardtrace\.jsonl$/;
  const [, server, day, hour, minute, second] = pattern.exec(basename(path)) ?? [];
  if (server === undefined) return null;
  const start = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(start) ? null : { server, start };
}
