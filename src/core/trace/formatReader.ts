/** The readers of the formats behind one interface: what takes the lines of a trace and tells what they say. */
import type { Line } from '../base/lines.ts';

import type { CallDraft } from './model/draft.ts';
import { GatewayDebugLogReader } from './debugLog/debugLog.ts';
import { buildDebugLog, recordedGuardLog } from './debugLog/debugLogCalls.ts';
import { DebugLogRecovery } from './debugLog/debugLogRecovery.ts';
import { type GatheredDebugLog, gatherSiblings, type SiblingDebugLog } from './debugLog/debugLogSibling.ts';
import { debugLogDrafts, reportLimits, reportPolicies } from './debugLog/debugLogTrace.ts';
import { GatewayJsonlReader } from './gatewayLog/gatewayJsonl.ts';
import type { Growing } from './gatewayLog/growing.ts';
import { NativeCaptureReader } from './capture/nativeCapture.ts';
import type { LineStore } from './model/payloads.ts';
import type { TraceProblems } from './model/traceProblems.ts';

/** What the readers of all formats have in common. */
export interface FormatReader {
  /** Takes a line as it is in the file, if its text is not needed. */
  skim?(line: Line, bytes: Uint8Array): boolean;
  line(line: Line, bytes: Uint8Array, text: string): void;
  /** A line of which only the beginning is known. */
  damaged(line: Line, beginning: string): void;
  /** Every draft that there is, before anything is decided; none where they are made anew each time. */
  all(): readonly CallDraft[];
  /** Decides what the lines so far say, and reports what they leave open. */
  finish(problems: TraceProblems, growing: Growing | null): void;
  /** The drafts in the order of their requests; after `finish`. */
  drafts(): readonly CallDraft[];
  /** Sessions of clients that made calls, where the format tells them apart. */
  sessions?(): number;
  /** The servers that are known to have a tool. */
  readonly serversOf: ReadonlyMap<string, ReadonlySet<string>>;
  /** What a debug log of the gateway says beside the calls; after `drafts`. */
  debug(): GatheredDebugLog | null;
  takeDebugLogs(debugLogs: readonly SiblingDebugLog[]): void;
}

/** What a reader is opened with. */
export interface ReaderSources {
  readonly problems: TraceProblems;
  /** Takes the lines whose results are read later. */
  readonly store: LineStore;
  /** Debug logs of the same sessions. */
  readonly debugLogs: readonly SiblingDebugLog[];
  readonly growing: boolean;
}

/** Opens a reader of native captures. */
export function openCapture({ problems, store }: ReaderSources): FormatReader {
  const reader = new NativeCaptureReader(problems, store);
  return skippingBlank({
    skim: reader.skim.bind(reader),
    line: reader.line.bind(reader),
    damaged: () => undefined,
    all: () => reader.drafts,
    finish: reader.finish.bind(reader),
    drafts: () => reader.drafts,
    sessions: () => reader.sessions,
    serversOf: new Map(),
    debug: () => null,
    takeDebugLogs: () => undefined,
  });
}

/** Opens a reader of the gateway's `rpc-messages.jsonl`. */
export function openGatewayLog({ problems, store, debugLogs, growing }: ReaderSources): FormatReader {
  let siblings = debugLogs;
  const recovery =
    siblings.length === 0
      ? null
      : new DebugLogRecovery(
          siblings.map(({ log }) => log),
          growing,
        );
  const reader = new GatewayJsonlReader(problems, store, recovery);
  return skippingBlank({
    line: reader.line.bind(reader),
    damaged: reader.damaged.bind(reader),
    all: () => reader.drafts,
    finish: reader.finish.bind(reader),
    drafts: () => reader.drafts,
    serversOf: reader.serversOf,
    debug: () => (recovery === null ? null : gatherSiblings(siblings, recovery)),
    takeDebugLogs: (logs) => {
      siblings = logs;
      recovery?.take(logs.map(({ log }) => log));
    },
  });
}

/** Opens a reader of the gateway's debug log. */
export function openDebugLog({ problems, store }: ReaderSources): FormatReader {
  const reader = new GatewayDebugLogReader(problems, store);
  let drafts: ReturnType<typeof debugLogDrafts> = new Map();
  let debug: GatheredDebugLog | null = null;
  return {
    line: reader.line.bind(reader),
    damaged: reader.damaged.bind(reader),
    all: () => [],
    finish: (found, growing) => {
      const log = buildDebugLog(reader.content(found, growing !== null));
      drafts = debugLogDrafts(log);
      reportPolicies(log, found);
      if (growing === null) reportLimits(log, found);
      const draftOf = new Map([...drafts].map(([draft, call]) => [call, draft]));
      const guardLog: GatheredDebugLog['guardLog'] = (indexOf) =>
        recordedGuardLog(log, (call) => {
          const draft = draftOf.get(call);
          return draft === undefined ? null : indexOf(draft);
        });
      debug = { policies: log.policies, guardLog, problems: [] };
    },
    drafts: () => [...drafts.keys()],
    serversOf: new Map(),
    debug: () => debug,
    takeDebugLogs: () => undefined,
  };
}

function skippingBlank(reader: FormatReader): FormatReader {
  return { ...reader, line: (line, bytes, text) => (text.trim() === '' ? undefined : reader.line(line, bytes, text)) };
}
