/** Common interface of the format readers: they take the lines of a trace and return call drafts. */
import type { Line } from '../base/lines.ts';
import type { CallDraft } from './model/draft.ts';
import { GatewayDebugLogReader } from './debugLog/debugLog.ts';
import { buildDebugLog, recordedGuardLog, recordedLabelAgents } from './debugLog/debugLogCalls.ts';
import { DebugLogRecovery } from './debugLog/debugLogRecovery.ts';
import { type GatheredDebugLog, gatherSiblings, type SiblingDebugLog } from './debugLog/debugLogSibling.ts';
import { debugLogDrafts, reportLimits, reportPolicies, reportSeveralAgents } from './debugLog/debugLogTrace.ts';
import { nameAgents } from './gatewayLog/clientCalls.ts';
import type { DestroyedPayload } from './gatewayLog/destroyed.ts';
import { GatewayJsonlReader } from './gatewayLog/gatewayJsonl.ts';
import { ProxyLogReader } from './gatewayLog/proxyLog.ts';
import { GatewayTextLogReader } from './gatewayLog/gatewayTextLog.ts';
import { NativeCaptureReader } from './capture/nativeCapture.ts';
import type { Growing } from './model/growing.ts';
import type { LineStore } from './model/payloads.ts';
import type { RecordedToolList } from './model/toolList.ts';
import type { TraceProblems } from './model/traceProblems.ts';
import type { RecordedWitness } from './model/witness.ts';

/** A reader of one trace format. */
export interface FormatReader {
  /** Reads a line from its bytes alone. Returns false if `line` must read it with its text. */
  skim?(line: Line, bytes: Uint8Array): boolean;
  line(line: Line, bytes: Uint8Array, text: string): void;
  /** Reads a line of which only the beginning is available. */
  damaged(line: Line, beginning: string): void;
  /** Returns every draft, before anything is decided; empty for a reader that creates new drafts in each `finish`. */
  all(): readonly CallDraft[];
  /** Decides what the lines so far determine, and reports what remains open. */
  finish(problems: TraceProblems, growing: Growing | null): void;
  /** Returns the drafts in the order of their requests. Call it after `finish`. */
  drafts(): readonly CallDraft[];
  /** Calls whose tool the sanitiser of the log destroyed. */
  nameless?(): readonly CallDraft[];
  /** Payloads that the sanitiser of the log destroyed. */
  destroyed?(): readonly DestroyedPayload[];
  /** Number of client sessions that made calls. Only for formats that distinguish sessions. */
  sessions?(): number;
  /** The servers known to have a tool, by tool name. */
  readonly serversOf: ReadonlyMap<string, ReadonlySet<string>>;
  /** The answers to `tools/list` so far, in order. Only for formats that have them. */
  toolLists?(): readonly RecordedToolList[];
  /** Returns what the operational lines in the trace itself say. Call it after `finish`. */
  witness?(): RecordedWitness | null;
  /** Returns policies and messages from the debug log of the gateway. Call it after `drafts`. */
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
    toolLists: () => [...reader.toolLists],
    serversOf: new Map(),
    debug: () => null,
    takeDebugLogs: () => undefined,
  });
}

/** Opens a reader of the gateway's `rpc-messages.jsonl`. */
export function openGatewayLog({ problems, store, debugLogs }: ReaderSources): FormatReader {
  let siblings = debugLogs;
  const recovery = siblings.length === 0 ? null : new DebugLogRecovery(siblings.map(({ log }) => log));
  const reader = new GatewayJsonlReader(problems, store, recovery);
  return skippingBlank({
    line: reader.line.bind(reader),
    damaged: reader.damaged.bind(reader),
    all: () => [...reader.drafts, ...reader.nameless],
    nameless: () => reader.nameless,
    destroyed: () => reader.destroyed,
    finish: reader.finish.bind(reader),
    drafts: () => reader.drafts,
    serversOf: reader.serversOf,
    toolLists: () => [...reader.toolLists],
    debug: () => (recovery === null ? null : gatherSiblings(siblings, recovery)),
    takeDebugLogs: (logs) => {
      siblings = logs;
      recovery?.take(logs.map(({ log }) => log));
    },
  });
}

/** Opens a reader of a log of the gateway's proxy mode. A gateway that serves MCP may have written into the same file. */
export function openProxyLog(sources: ReaderSources): FormatReader {
  const reader = new ProxyLogReader();
  const served = openGatewayLog(sources);
  return {
    ...served,
    line: (line, bytes, text) => {
      reader.line(line.number, text);
      if (text.startsWith('{')) served.line(line, bytes, text);
    },
    finish: (problems, growing) => {
      served.finish(problems, growing);
      if (served.all().length === 0) reader.report(problems);
    },
  };
}

/** Opens a reader of the gateway's debug log. */
export function openDebugLog({ problems, store }: ReaderSources): FormatReader {
  const reader = new GatewayDebugLogReader(problems, store);
  // The copy in mcp-gateway.log stands among the lines of the client's calls, which name the agents.
  const text = new GatewayTextLogReader();
  let drafts: ReturnType<typeof debugLogDrafts> = new Map();
  let debug: GatheredDebugLog | null = null;
  let witness: RecordedWitness | null = null;
  return {
    witness: () => witness,
    line: (line, bytes, lineText) => {
      reader.line(line, bytes, lineText);
      text.line(line, lineText);
    },
    damaged: reader.damaged.bind(reader),
    all: () => [],
    finish: (found, growing) => {
      const log = buildDebugLog(reader.content(found, growing !== null));
      drafts = debugLogDrafts(log);
      const said = text.end('');
      nameAgents([...drafts.keys()], said);
      witness = said.witness;
      reportSeveralAgents(log, drafts.keys(), found);
      reportPolicies(log, found);
      if (growing === null) reportLimits(log, found);
      const draftOf = new Map([...drafts].map(([draft, call]) => [call, draft]));
      const guardLog: GatheredDebugLog['guardLog'] = (indexOf) =>
        recordedGuardLog(log, (call) => {
          const draft = draftOf.get(call);
          return draft === undefined ? null : indexOf(draft);
        });
      debug = {
        policies: log.policies,
        labelAgents: recordedLabelAgents(log),
        denied: () => [],
        guardLog,
        problems: [],
      };
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
