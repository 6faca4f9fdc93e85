/** Recognises logs of the gateway's proxy mode, which guards REST and GraphQL requests and records no tool calls (gateway spec 3.13, 4.5). */
import type { JsonObject } from '../../base/json.ts';
import type { TraceProblems } from '../model/traceProblems.ts';

/** The event of a request that matches no route: the only record of the proxy in `rpc-messages.jsonl`. */
const passedEvent = 'unrecognized_endpoint_passthrough';

/** Whether a record of `rpc-messages.jsonl` is one of the proxy. */
export function isProxyRecord(value: JsonObject): boolean {
  return value['event'] === passedEvent;
}

/** Whether a line of a text log is written by the proxy only: `proxy.log`, or the debug log on stderr. */
export function isProxyLine(text: string): boolean {
  return proxyLine.test(text) || startLine.test(text);
}

/** Reports that the proxy wrote into the log of a gateway that serves MCP. */
export function reportMixed(line: number, problems: TraceProblems): void {
  const message = "Records of the gateway's proxy mode stand among those of tool calls; they are not shown";
  problems.add('info', 'trace/proxy-log', message, line, 'The proxy has a log folder of its own with --log-dir');
}

/** Counts what a log of the proxy says. */
export class ProxyLogReader {
  #passed = 0;
  #filtered = 0;
  #first: number | null = null;

  /** Reads a line. */
  line(number: number, text: string): void {
    if (text.includes(`"event":"${passedEvent}"`)) this.#passed++;
    else if (filteredLine.test(text)) this.#filtered++;
    else return;
    this.#first ??= number;
  }

  /** Reports what the log is, what it has, and what is not shown. */
  report(problems: TraceProblems): void {
    const parts = [
      ...(this.#passed === 0 ? [] : [`${this.#passed} requests that match no route and passed without labels`]),
      ...(this.#filtered === 0 ? [] : [`${this.#filtered} responses that were filtered`]),
    ];
    const content = parts.length === 0 ? '' : `; it tells of ${parts.join(' and ')}`;
    const message = `This is a log of the gateway's proxy mode, which guards REST and GraphQL requests${content}. Requests, labels and decisions of the proxy are not shown, because its log does not have them as tool calls`;
    problems.add('warning', 'trace/proxy-log', message, this.#first ?? undefined, serverHint);
  }
}

const serverHint =
  'Open rpc-messages.jsonl of a gateway that serves MCP, which has tool calls; or capture an MCP server with a tap';

/** Category or namespace `proxy`, also below it, such as `proxy:handler`. */
const proxyLine = /^(?:\[\d{4}-\d\d-\d\dT[^\]]*\] \[[A-Z]+\] \[proxy(?::[\w-]+)?\] |(?:[\w.-]+ +\| )?proxy:[\w-]+ )/;
const startLine = /^\[\d{4}-\d\d-\d\dT[^\]]*\] \[INFO\] \[startup\] MCPG Proxy starting: /;
const filteredLine = /\[proxy\] DIFC filtered \d+\/\d+ items for /;
