/** Lines of the gateway's logs for tests of what the logs say together: a clock in milliseconds, backend pairs, and the client's calls. */
import { LineSplitter } from '../../../../src/core/base/lines.ts';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import { encodeGoJson } from '../../../../src/core/go/goJson.ts';
import type { ClientCalls } from '../../../../src/core/trace/gatewayLog/clientCall.ts';
import { GatewayTextLogReader } from '../../../../src/core/trace/gatewayLog/gatewayTextLog.ts';
import { MemoryLineStore } from '../../../../src/core/trace/model/payloads.ts';
import { decodeLine } from '../../../../src/core/trace/model/storedAnswer.ts';
import { gatewayRequestLine, gatewayResponseLine, type WrittenLabels } from '../../../../src/core/trace/write.ts';

/** A time of the logs. */
export function time(ms: number): string {
  return new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
}

/** What `pair` may be given besides time, tool and arguments. */
export interface PairOptions {
  readonly server?: string;
  readonly labels?: WrittenLabels;
  /** Duration in milliseconds; default 10. */
  readonly takes?: number;
  readonly result?: JsonValue;
}

/** A request to a backend with its answer. */
export function pair(ms: number, tool: string, args: JsonValue = {}, options: PairOptions = {}): string {
  const { server = 's', labels = null, takes = 10, result = { content: [] } } = options;
  return (
    gatewayRequestLine(time(ms), server, 'tools/call', { name: tool, arguments: args }, labels) +
    gatewayResponseLine(time(ms + takes), server, { result }, labels)
  );
}

/** A line of the text log. */
export function textLine(ms: number, level: string, category: string, message: string): string {
  return `[${time(ms)}] [${level}] [${category}] ${message}`;
}

/** The client's request. */
export function asked(ms: number, tool: string, args: JsonValue = {}, agent = 'one'): string {
  return textLine(
    ms,
    'INFO',
    'client',
    `MCP tool call request, session=${agent}, tool=${tool}, args=${encodeGoJson(args)}`,
  );
}

/** The gateway's result for the client. */
export function answered(ms: number, tool: string, agent = 'one', result: JsonValue = {}): string {
  return textLine(
    ms,
    'INFO',
    'client',
    `MCP tool call response, session=${agent}, tool=${tool}, result=${encodeGoJson(result)}`,
  );
}

/** The gateway's error for the client. */
export function failed(ms: number, tool: string, agent = 'one', error = 'DIFC Violation: no\nsecond line'): string {
  return textLine(ms, 'ERROR', 'client', `MCP tool call error, session=${agent}, tool=${tool}, error=${error}`);
}

/** Reads lines of a text log. */
export function textLog(...lines: readonly string[]): ClientCalls {
  const reader = new GatewayTextLogReader(new MemoryLineStore());
  const splitter = new LineSplitter((line) => reader.line(line, decodeLine(line.bytes ?? new Uint8Array(0))));
  splitter.push(new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')));
  splitter.end();
  return reader.end('mcp-gateway.log');
}
