/** Follows the gateway's logs beside a trace: its text log says which calls are the agent's, its debug log has the exact values. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LineSplitter } from '../../core/base/lines.ts';
import { type SiblingDebugLog, SiblingDebugLogReader } from '../../core/trace/debugLog/debugLogSibling.ts';
import type { ClientCalls } from '../../core/trace/gatewayLog/clientCall.ts';
import { GatewayTextLogReader } from '../../core/trace/gatewayLog/gatewayTextLog.ts';
import { decodeLine } from '../../core/trace/model/storedAnswer.ts';
import { FileLineStore } from './fileLineStore.ts';
import { FollowedFile } from './followedFile.ts';
import { gatewayTextLog, stderrLog } from './traceFile.ts';

/** The result of a poll of the logs beside a trace. */
export interface SiblingNews {
  /** Whether the logs say more than before. */
  readonly news: boolean;
  /** A log was replaced, or the first debug log appeared: the trace has to be read again. */
  readonly anew: boolean;
}

/** What the logs beside a trace say so far. */
export interface SiblingState {
  readonly clientCalls?: ClientCalls;
  readonly debugLogs: readonly SiblingDebugLog[];
}

/** Milliseconds between two searches for new logs in the folder. */
const searchEveryMs = 2_000;

export class FollowedSiblings {
  readonly #folder: string;
  readonly #logs = new Map<string, FollowedLog>();
  #searched = -Infinity;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads each log to its end. */
  async poll(signal?: AbortSignal): Promise<SiblingNews> {
    await this.#search();
    const before = this.#debugLogs().length;
    let news = false;
    let anew = false;
    for (const log of this.#logs.values()) {
      const found = await log.poll(signal);
      news ||= found.news;
      anew ||= found.anew;
    }
    return { news, anew: anew || (before === 0 && this.#debugLogs().length > 0) };
  }

  /** `growing`: a message in the last lines may continue. */
  state(growing: boolean): SiblingState {
    const text = this.#logs.get(gatewayTextLog);
    const clientCalls = text?.clientCalls();
    return {
      ...(clientCalls === undefined ? {} : { clientCalls }),
      debugLogs: this.#debugLogs().flatMap((log) => log.debugLog(growing) ?? []),
    };
  }

  async close(): Promise<void> {
    for (const log of this.#logs.values()) await log.close();
  }

  /** The text log repeats what stderr has, redacted: with both, each call would count twice. */
  #debugLogs(): readonly FollowedLog[] {
    const own = [...this.#logs].flatMap(([name, log]) => (name === gatewayTextLog ? [] : [log]));
    const found = own.filter((log) => log.hasInputs);
    const text = this.#logs.get(gatewayTextLog);
    return found.length > 0 || text?.hasInputs !== true ? found : [text];
  }

  async #search(): Promise<void> {
    const now = performance.now();
    if (now - this.#searched < searchEveryMs) return;
    this.#searched = now;
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((each) => each === gatewayTextLog || stderrLog.test(each)).sort()) {
      if (this.#logs.has(name)) continue;
      this.#logs.set(name, new FollowedLog(join(this.#folder, name), name === gatewayTextLog));
    }
  }
}

/** One log beside the trace. */
class FollowedLog {
  readonly #path: string;
  readonly #isText: boolean;
  readonly #file: FollowedFile;
  #text: GatewayTextLogReader;
  #debug: SiblingDebugLogReader;
  #splitter: LineSplitter;
  /** The result of the debug log after this many bytes. */
  #known: { readonly growing: boolean; readonly at: number; readonly log: SiblingDebugLog | null } | undefined;

  constructor(path: string, isText: boolean) {
    this.#path = path;
    this.#isText = isText;
    this.#file = new FollowedFile(path);
    this.#text = new GatewayTextLogReader(new FileLineStore(path));
    this.#debug = new SiblingDebugLogReader(path, new FileLineStore(path));
    this.#splitter = this.#split();
  }

  get hasInputs(): boolean {
    return this.#debug.hasInputs;
  }

  clientCalls(): ClientCalls | undefined {
    return this.#isText ? this.#text.end(this.#path) : undefined;
  }

  debugLog(growing: boolean): SiblingDebugLog | null {
    const known = this.#known;
    if (known?.growing === growing && known.at === this.#file.offset) return known.log;
    const log = this.#debug.end(growing);
    this.#known = { growing, at: this.#file.offset, log };
    return log;
  }

  async poll(signal?: AbortSignal): Promise<SiblingNews> {
    try {
      // Calls that ended before the last look are in the trace, whose size was taken after it.
      const settled = this.#text.settle();
      const look = await this.#file.look();
      if (look.kind === 'absent') return { news: false, anew: false };
      if (look.kind === 'open') {
        await this.#file.read(look.size, (chunk) => this.#splitter.push(chunk), signal);
        return { news: look.grew || settled > 0, anew: false };
      }
      if (look.kind === 'replaced' && !look.next) return { news: false, anew: false };
      await this.#file.close();
      this.#known = undefined;
      this.#text = new GatewayTextLogReader(new FileLineStore(this.#path));
      this.#debug = new SiblingDebugLogReader(this.#path, new FileLineStore(this.#path));
      this.#splitter = this.#split();
      return { news: true, anew: true };
    } catch (thrown) {
      signal?.throwIfAborted();
      // The trace can be read without a log that cannot be read.
      if (thrown instanceof Error) return { news: false, anew: false };
      throw thrown;
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #split(): LineSplitter {
    return new LineSplitter((line) => {
      if (this.#isText && line.bytes !== null) this.#text.line(line, decodeLine(line.bytes));
      this.#debug.line(line);
    });
  }
}
