/**
 * The table of trace formats: one row per format, with how its lines are recognised and read, and the facts that other rooms need.
 * A new format is a folder with its reader, a row here, and its name in `TraceFormat`. Other rooms read facts and never compare names.
 */
import { isJsonObject, type JsonObject } from '../base/json.ts';
import { isNativeLine } from './capture/nativeLine.ts';
import { guardNamespace, parseDebugLogLine } from './debugLog/debugLogLine.ts';
import {
  type FormatReader,
  openCapture,
  openDebugLog,
  openGatewayLog,
  openProxyLog,
  type ReaderSources,
} from './formatReader.ts';
import { beginsLikeGatewayRecord, isGatewayRecord } from './gatewayLog/gatewayLine.ts';
import { isProxyLine, isProxyRecord } from './gatewayLog/proxyLog.ts';
import type { TraceFormat } from './model/traceModel.ts';

/** What follows from the format of a trace. */
export interface FormatFacts {
  /** Name for users. */
  readonly label: string;
  /**
   * Milliseconds without new bytes after which a followed file counts as complete when no tap writes it. A tap has a live file; a gateway
   * has none, and one of its calls may take a minute (gateway spec 5.1, `tool_timeout`).
   */
  readonly quietMs: number;
  /** A recorded answer shows that the gateway's coarse check let the call through (gateway spec 4.2). */
  readonly answersProveReached: boolean;
  /** A recorded answer shows that the recorded session asked the backend, so that its circuit breaker saw the answer. */
  readonly answersProveAsked: boolean;
  /** Only results that the guard labelled are recorded, so that writes have no answer. */
  readonly hasOnlyLabelledResults: boolean;
  /** The gateway's text log (`mcp-gateway.log`) beside the trace lists the calls that the client made (gateway spec 4.7). */
  readonly hasTextLog: boolean;
  /** Look-ups of the guard appear as calls that are not marked, so the last calls of a growing trace stay undecided for a while. */
  readonly hasUnmarkedLookups: boolean;
  /** The trace is complete when the tap that writes it ends. */
  readonly endsWithTap: boolean;
}

/** A format that can be recognised and read. */
export interface FormatRow extends FormatFacts {
  readonly id: KnownFormat;
  /** Whether a line belongs to the format. `value`: the line as a JSON object; undefined when it is not one. */
  readonly detect: (text: string, value: JsonObject | undefined) => boolean;
  /** Opens a reader of its lines. */
  readonly open: (sources: ReaderSources) => FormatReader;
}

/** A format with a reader. */
export type KnownFormat = Exclude<TraceFormat, 'unknown'>;

const gatewayFacts = {
  quietMs: 120_000,
  answersProveReached: true,
  answersProveAsked: true,
  hasOnlyLabelledResults: false,
  hasTextLog: false,
  hasUnmarkedLookups: true,
  endsWithTap: false,
} as const;

/** The formats, in the order in which they are tried. The compiler reports a format without a row. */
const formats: Readonly<Record<KnownFormat, Omit<FormatRow, 'id'>>> = {
  'gateway-proxy': {
    ...gatewayFacts,
    label: 'log of the gateway’s proxy mode',
    detect: (text, value) => (value === undefined ? !startsLikeJson(text) && isProxyLine(text) : isProxyRecord(value)),
    open: openProxyLog,
  },
  'gateway-debug': {
    ...gatewayFacts,
    label: 'gateway debug log',
    hasOnlyLabelledResults: true,
    detect: (text) => !startsLikeJson(text) && parseDebugLogLine(text)?.namespace === guardNamespace,
    open: openDebugLog,
  },
  native: {
    label: 'Guardscope capture',
    quietMs: 5_000,
    answersProveReached: false,
    answersProveAsked: false,
    hasOnlyLabelledResults: false,
    hasTextLog: false,
    hasUnmarkedLookups: false,
    endsWithTap: true,
    detect: (text, value) =>
      value === undefined ? /^\{[^{}]*"schema":"guardscope-trace\//.test(text) : isNativeLine(value),
    open: openCapture,
  },
  'gateway-jsonl': {
    ...gatewayFacts,
    label: 'gateway log',
    hasTextLog: true,
    detect: (text, value) => (value === undefined ? beginsLikeGatewayRecord(text) : isGatewayRecord(value)),
    open: openGatewayLog,
  },
};

/** The rows of the table with their ids, in the order in which they are tried. */
export const formatRows: readonly FormatRow[] = Object.entries(formats).map(([id, row]) => ({
  ...row,
  id: id as KnownFormat,
}));

/** Facts of a file in which no format was recognised: the least that holds for every format. */
const unknownFacts: FormatFacts = {
  ...gatewayFacts,
  label: 'unknown format',
  quietMs: 5_000,
  answersProveReached: false,
};

/** The facts of a format. */
export function formatFacts(format: TraceFormat): FormatFacts {
  return format === 'unknown' ? unknownFacts : formats[format];
}

/** The format that a line belongs to; null when it could be a damaged line of any. */
export function detectLine(text: string): FormatRow | null {
  const value = startsLikeJson(text) ? parseObject(text) : undefined;
  return formatRows.find(({ detect }) => detect(text, value)) ?? null;
}

function startsLikeJson(text: string): boolean {
  return text.trimStart().startsWith('{');
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
