/**
 * The files of a trace that is followed, read as far as they go: the trace itself, and of a gateway's log those beside it.
 *
 * States of the followed file. `growing` is what the snapshot says: a message in the last lines may go on, and more calls may come.
 *
 *     state   growing  meaning                               next state, seen at a poll
 *     ------  -------  ------------------------------------  -------------------------------------------------------------
 *     absent  yes      no file has the name                  open: a file has it (for a folder: the gateway's log in it)
 *     open    yes      read to its size, more may come       quiet: the tap that wrote it is gone and its recorder has
 *                                                            finished; or, without a tap, nothing came for `quietMs`
 *     quiet   no       read as a trace that has ended; an    open: it grew without a tap. If the unfinished last line was
 *                      unfinished last line counts as one    counted, the file is read again from its beginning
 *     gone    no       deleted or renamed, and no other      gone: what is appended under the old handle is still read;
 *                      file has the name; `trace/gone`       ended: another file has the name
 *     ended   no       replaced or truncated; the last       absent or open, with the next generation, a new reader and
 *                      snapshot stands until the next poll   `trace/rotated` or `trace/truncated`
 *
 * Open, quiet and gone become ended when the file is replaced; open and quiet also when it is truncated. When a log beside it is
 * replaced, or the first debug log appears, the same trace is read again from its beginning and the generation stays.
 */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { Trace, TraceFormat } from '../../core/trace/model/traceModel.ts';
import { TraceReader } from '../../core/trace/reader.ts';
import { FollowedFile, type Look } from './followedFile.ts';
import { FollowedSiblings } from './followedSiblings.ts';
import { GrowingLineStore } from './growingLineStore.ts';
import { isWritten, type LiveFacts, readLive } from '../recording/format/liveFile.ts';
import { gatewayLog, hasSiblings, inFileBytes } from './traceFile.ts';

export interface SourceOptions {
  readonly signal?: AbortSignal;
  /** Bytes of lines that are held in memory; default 256 MiB. */
  readonly keepInFileFrom?: number;
  /** Milliseconds after which a file that nobody says to write counts as ended when nothing comes; default by its format. */
  readonly quietMs?: number;
}

/** A tap says itself that it runs; a gateway does not, and a call of its may take a minute (gateway spec 5.1, `tool_timeout`). */
const quietAfterMs: Readonly<Record<TraceFormat, number>> = {
  native: 5_000,
  unknown: 5_000,
  'gateway-jsonl': 120_000,
  'gateway-debug': 120_000,
};

const lookForTapEveryMs = 1_000;

export class FollowedSource {
  readonly #options: SourceOptions;
  #path: string;
  #main: FollowedFile;
  #siblings: FollowedSiblings | null = null;
  #reader: TraceReader;
  #generation = 0;
  #live: LiveFacts | null = null;
  #hadTap = false;
  /** The recorder of a tap that is gone still writes. */
  #isFinishing = false;
  #lookedForTap = -Infinity;
  #isThere = false;
  #isGrowing = true;
  /** The last line was taken although it may go on. */
  #isCut = false;
  #changed = 0;
  #grew: number | null = null;
  #isFirst = true;
  /** The last snapshot of a file that is no longer there. */
  #last: Trace | null = null;
  #notes: readonly Problem[] = [];
  #notesForNext: readonly Problem[] = [];

  constructor(path: string, options: SourceOptions) {
    this.#path = path;
    this.#options = options;
    this.#main = new FollowedFile(path);
    this.#reader = this.#newReader();
  }

  get file(): string {
    return this.#path;
  }

  get live(): LiveFacts | null {
    return this.#live;
  }

  get grew(): number | null {
    return this.#grew;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Reads what is new. True when a snapshot would say something else than before. */
  async poll(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#poll(signal);
    } finally {
      // What was opened while the end came must not stay open.
      if (signal.aborted) await this.close();
    }
  }

  async #poll(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const isNew = this.#last !== null;
    if (isNew) this.#beginAnew();
    if (!this.#isThere) await this.#resolve();
    const look = await this.#main.look();
    const wasGrowing = this.#isGrowing;
    let news = this.#lookForTap() || isNew;
    if (look.kind === 'replaced' || look.kind === 'truncated') return (await this.#end(look, signal)) || news;
    if (look.kind === 'open') {
      if (this.#isCut && look.grew) await this.#readAgain();
      news = (await this.#read(look.size, look.grew, signal)) || news;
    }
    this.#isFirst = false;
    this.#isGrowing = this.#mayGrow(look);
    if (!this.#isGrowing) this.#grew = null;
    return news || wasGrowing !== this.#isGrowing;
  }

  snapshot(): Trace {
    const trace = this.#last ?? this.#current();
    return this.#notes.length === 0 ? trace : { ...trace, problems: [...this.#notes, ...trace.problems] };
  }

  async close(): Promise<void> {
    await Promise.all([this.#main.close(), this.#siblings?.close()]);
  }

  #current(): Trace {
    const beside = this.#siblings?.state(this.#isGrowing) ?? {};
    if (this.#isGrowing) {
      const { mode } = this.#live ?? {};
      return this.#reader.snapshot({ watched: mode === 'watch' || mode === 'enforce', ...beside });
    }
    this.#isCut ||= this.#reader.isInLine;
    return this.#reader.end(beside);
  }

  /** A path that was not there may have become a folder, or always have been one. */
  async #resolve(): Promise<void> {
    const found = await stat(this.#path).catch(() => null);
    if (found === null) return;
    if (found.isDirectory()) {
      this.#path = join(this.#path, gatewayLog);
      this.#main = new FollowedFile(this.#path);
      this.#reader = this.#newReader();
    } else if (found.isFile()) this.#isThere = true;
    else throw new Failure('trace/unreadable', `"${this.#path}" is neither a file nor a folder`, 'Check the path');
    if (hasSiblings(this.#path)) this.#siblings ??= new FollowedSiblings(dirname(this.#path));
  }

  /** The logs beside it are read after the size of the trace was taken, so that they know of everything in it. */
  async #read(size: number, grew: boolean, signal: AbortSignal): Promise<boolean> {
    const beside = await this.#siblings?.poll(signal);
    if (beside?.anew === true) await this.#readAgain();
    const before = this.#main.offset;
    await this.#main.read(size, (chunk) => this.#reader.push(chunk), signal);
    const isMore = this.#main.offset > before;
    if (this.#isFirst) this.#changed = this.#main.changed;
    else if (isMore) {
      this.#changed = Date.now();
      this.#grew ??= this.#changed;
    }
    return isMore || grew || beside?.news === true;
  }

  /** From the beginning, and the same trace all the same. */
  async #readAgain(): Promise<void> {
    await this.#main.close();
    await this.#main.look();
    this.#reader = this.#newReader();
    this.#isCut = false;
  }

  /** The file is gone, or not the same any more: what it still holds is read and told as its end, and the next look begins anew. */
  async #end(look: Extract<Look, { kind: 'replaced' | 'truncated' }>, signal: AbortSignal): Promise<boolean> {
    if (look.kind === 'replaced') {
      const isMore = await this.#read(look.size, false, signal);
      // As long as no other file has its name, whoever has it open may go on writing.
      if (!look.next) {
        const wasGrowing = this.#isGrowing;
        this.#notes = [gone(this.#path)];
        this.#isGrowing = false;
        return isMore || wasGrowing;
      }
    }
    this.#isGrowing = false;
    this.#last = this.#current();
    this.#notes = [];
    this.#notesForNext = [begunAnew(this.#path, look.kind, this.#last.calls.length)];
    await this.#main.close();
    return true;
  }

  #beginAnew(): void {
    this.#last = null;
    this.#notes = this.#notesForNext;
    this.#generation++;
    this.#reader = this.#newReader();
    this.#isCut = false;
    this.#isGrowing = true;
    this.#changed = Date.now();
  }

  #mayGrow(look: Look): boolean {
    if (look.kind === 'absent') return true;
    if (this.#live !== null || this.#isFinishing) return true;
    if (this.#hadTap) return false;
    const { quietMs = quietAfterMs[this.#reader.format] } = this.#options;
    return Date.now() - this.#changed < quietMs;
  }

  #lookForTap(): boolean {
    const now = performance.now();
    if (now - this.#lookedForTap < lookForTapEveryMs) return false;
    this.#lookedForTap = now;
    const before = JSON.stringify([this.#live, this.#isFinishing]);
    this.#live = readLive(this.#path);
    this.#isFinishing = this.#live === null && isWritten(this.#path);
    this.#hadTap ||= this.#live !== null || this.#isFinishing;
    return before !== JSON.stringify([this.#live, this.#isFinishing]);
  }

  #newReader(): TraceReader {
    const file = this.#path;
    const { debugLogs } = this.#siblings?.state(true) ?? { debugLogs: [] };
    const store = new GrowingLineStore(file, this.#options.keepInFileFrom ?? inFileBytes);
    return new TraceReader({ file, store, debugLogs, growing: true });
  }
}

function gone(file: string): Problem {
  const message = 'The file was deleted, or has another name now; what is shown is what was read of it';
  return {
    severity: 'warning',
    code: 'trace/gone',
    message,
    hint: 'When it comes back, it is read',
    position: { file },
  };
}

function begunAnew(file: string, why: 'replaced' | 'truncated', calls: number): Problem {
  const what =
    why === 'replaced'
      ? 'Another file has taken the place of the trace (a rotation)'
      : 'The trace was cut or written anew from its beginning';
  const before = `${calls === 1 ? '1 call before that is' : `${calls} calls before that are`} no longer shown`;
  const code = why === 'replaced' ? 'trace/rotated' : 'trace/truncated';
  return { severity: 'info', code, message: `${what}; ${before}`, position: { file } };
}
