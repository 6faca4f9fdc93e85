/** The files of a trace that is followed: the trace itself, and for a gateway's log the logs beside it. */
import { formatFacts } from '../../core/trace/formats.ts';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { TraceReader } from '../../core/trace/reader.ts';
import { requireRegular } from '../files/regularFile.ts';
import { FollowedFile, type Look } from './followedFile.ts';
import { FollowedSiblings } from './followedSiblings.ts';
import { GrowingLineStore } from './growingLineStore.ts';
import { isWritten, type LiveFacts, readLive } from '../recording/format/liveFile.ts';
import { gatewayLog, hasSiblings, inFileBytes } from './traceFile.ts';

export interface SourceOptions {
  readonly signal?: AbortSignal;
  /** Bytes of lines that are kept in memory; default 256 MiB. */
  readonly keepInFileFrom?: number;
  /** Milliseconds without growth after which a file that no tap writes counts as ended; default by its format. */
  readonly quietMs?: number;
  /** Called after each piece that is read of the trace, with the bytes that are read and the size of the file. */
  readonly onRead?: (bytes: number, size: number) => void;
}

const lookForTapEveryMs = 1_000;

/**
 * One poll is one look at the main file. What a look leads to:
 *
 *     look       | file has been read                   | next state
 *     -----------+--------------------------------------+---------------------------------------------------------------
 *     absent     | (never)                              | growing: the file may still appear
 *     open       | up to its size                       | growing while a tap or its recorder writes, or until it is quiet
 *     open, grew | a last line that ended too early: all | growing again; the trace is the same
 *     replaced,  | its rest                             | ended, with a note; goes on if it grows after all
 *       no next  |                                      |
 *     replaced,  | its rest, as the end of this trace   | the next poll begins a new generation with the file of that name
 *       next     |                                      |
 *     truncated  | nothing more                         | the next poll begins a new generation with the same file
 */
export class FollowedSource {
  readonly #options: SourceOptions;
  #path: string;
  #main: FollowedFile;
  #siblings: FollowedSiblings | null = null;
  #reader: TraceReader;
  #generation = 0;
  #live: LiveFacts | null = null;
  #hadTap = false;
  /** The tap has ended, and its recorder still writes. */
  #isFinishing = false;
  #lookedForTap = -Infinity;
  #isThere = false;
  #isGrowing = true;
  /** The last line was read as complete although it may continue. */
  #isCut = false;
  #changed = 0;
  #grew: number | null = null;
  #isFirst = true;
  /** The last snapshot of a file that was replaced or truncated. */
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

  /** Reads what is new. True when a snapshot would differ from the one before. */
  async poll(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#poll(signal);
    } finally {
      // A file that was opened during the abort must not stay open.
      if (signal.aborted) await this.close();
    }
  }

  async #poll(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const isNew = this.#last !== null;
    if (isNew) this.#beginAnew();
    if (!this.#isThere) await this.#resolve();
    const look = await this.#main.look();
    if (look.kind === 'absent') await this.#requireFile();
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

  /** A name that is not that of a file will not become one. */
  async #requireFile(): Promise<void> {
    const found = await stat(this.#path).catch(() => null);
    try {
      if (found !== null) requireRegular(found);
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Failure('trace/unreadable', `Cannot read the trace "${this.#path}": ${reason}`, 'Check the path');
    }
  }

  /** Decides whether the path is a file or a folder, once it exists. */
  async #resolve(): Promise<void> {
    const found = await stat(this.#path).catch(() => null);
    if (found === null) return;
    if (found.isDirectory()) {
      this.#path = join(this.#path, gatewayLog);
      this.#main = new FollowedFile(this.#path);
      this.#reader = this.#newReader();
    } else if (found.isFile()) this.#isThere = true;
    if (hasSiblings(this.#path)) this.#siblings ??= new FollowedSiblings(dirname(this.#path));
  }

  /** The logs beside the trace are read after its size was taken, so that they cover everything in it. */
  async #read(size: number, grew: boolean, signal: AbortSignal): Promise<boolean> {
    const beside = await this.#siblings?.poll(signal);
    if (beside?.anew === true) await this.#readAgain();
    const before = this.#main.offset;
    const take = (chunk: Uint8Array): void => {
      this.#reader.push(chunk);
      this.#options.onRead?.(this.#main.offset, size);
    };
    await this.#main.read(size, take, signal);
    const isMore = this.#main.offset > before;
    if (this.#isFirst) this.#changed = this.#main.changed;
    else if (isMore) {
      this.#changed = Date.now();
      this.#grew ??= this.#changed;
    }
    return isMore || grew || beside?.news === true;
  }

  /** Reads the same trace again from its beginning. */
  async #readAgain(): Promise<void> {
    await this.#main.close();
    await this.#main.look();
    this.#reader = this.#newReader();
    this.#isCut = false;
  }

  /** The file was replaced or truncated: reads its rest as the end of this trace. The next look begins anew. */
  async #end(look: Extract<Look, { kind: 'replaced' | 'truncated' }>, signal: AbortSignal): Promise<boolean> {
    if (look.kind === 'replaced') {
      const isMore = await this.#read(look.size, false, signal);
      // As long as no other file has its name, the writer may go on with the open file.
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
    const { quietMs = formatFacts(this.#reader.format).quietMs } = this.#options;
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
  const message = 'The file was deleted or renamed; what was read from it is still shown';
  return {
    severity: 'warning',
    code: 'trace/gone',
    message,
    hint: 'It is read again when it comes back',
    position: { file },
  };
}

function begunAnew(file: string, why: 'replaced' | 'truncated', calls: number): Problem {
  const what =
    why === 'replaced' ? 'Another file replaced the trace (rotation)' : 'The trace was truncated or rewritten';
  const before = `${calls === 1 ? '1 call before that is' : `${calls} calls before that are`} no longer shown`;
  const code = why === 'replaced' ? 'trace/rotated' : 'trace/truncated';
  return { severity: 'info', code, message: `${what}; ${before}`, position: { file } };
}
