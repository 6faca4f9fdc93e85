/** A change of a file, or of its text in an editor, since which the calls of a view are decided anew. */
import { basename } from 'node:path';
import type { Problem } from '../../core/base/parsed.ts';
import type { RunState } from '../../core/protocol/panel.ts';
import type { RunReport } from './runReport.ts';

/**
 * What happened: the file has other content, its text in an editor is decided with, or its content again in place of such a text; or the user
 * changed calls, which is about no file.
 */
type Cause = 'changed' | 'typed' | 'saved' | 'edited';

export class Renewal {
  readonly #path: string;
  readonly #at: number;
  #change: Cause;
  #keepsOld = true;
  #isFailed = false;

  /** `at`: when the change was noticed, in milliseconds since 1970. */
  constructor(path: string, at: number, change: Cause = 'changed') {
    this.#path = path;
    this.#at = at;
    this.#change = change;
  }

  /** What a report of the new run changes of the run on show: nothing when it failed, because the old decisions stay. */
  runOf({ run, results }: RunReport): Partial<RunState> | undefined {
    if (run?.status === 'failed' && this.#keepsOld) {
      this.#isFailed = true;
      return { status: 'done' };
    }
    if (results !== undefined) this.#isFailed = false;
    return run === undefined || this.#isFailed ? run : { ...run, renewed: this.#text };
  }

  /** There are no old decisions that could stay. */
  withoutOld(): this {
    this.#keepsOld = false;
    return this;
  }

  /** Whether files have other content, so that also what the decisions are compared with is not what it was. */
  get isOfFiles(): boolean {
    return this.#change === 'changed';
  }

  /** The text was saved. */
  saved(): void {
    this.#change = 'saved';
  }

  /** That the decisions on show are old ones, when the new content of the file cannot be used. Its own problem says why. */
  get problems(): readonly Problem[] {
    if (!this.#isFailed) return [];
    const message =
      this.#change === 'changed'
        ? `The decisions are from before ${this.#text}: its content cannot be used`
        : `The decisions are not those of ${this.#text}: ${this.#change === 'edited' ? 'they' : 'this text'} cannot be used`;
    return [
      {
        severity: 'warning',
        code: 'session/old-decisions',
        message,
        hint: 'They are renewed when the file can be used again',
      },
    ];
  }

  get #text(): string {
    if (this.#change === 'edited') return 'your changes';
    const name = basename(this.#path);
    if (this.#change === 'saved') return `${name} as saved`;
    const time = clock(this.#at);
    return this.#change === 'typed' ? `${name} as typed at ${time} (not saved)` : `${name} changed at ${time}`;
  }
}

/** The time of day here, as `HH:MM:SS`. */
function clock(ms: number): string {
  const at = new Date(ms);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
