/** Decides a view with texts that editors have not saved, in place of the content of their files. */
import { basename } from 'node:path';
import { readInput } from '../guard/readInput.ts';
import type { Comparison } from './comparison.ts';
import { Renewal } from './renewal.ts';

/** How a view decides anew. */
export interface Deciding {
  /** Resolves when a first replay that goes on has caught up; at once when none goes on. */
  readonly caughtUp: () => Promise<void>;
  /** Decides anew. Does nothing for a trace that was not replayed. */
  readonly renew: (renewal: Renewal) => Promise<void>;
  /** Shows that the text of the last renewal was saved. */
  readonly saved: () => void;
}

export class WhatIf {
  readonly #comparison: Comparison;
  readonly #view: Deciding;
  #texts: ReadonlyMap<string, string> = new Map();
  /** The text of a file that the last renewal was for, also after it was saved. */
  #last: { readonly path: string; readonly text: string; readonly renewal: Renewal } | null = null;

  constructor(comparison: Comparison, view: Deciding) {
    this.#comparison = comparison;
    this.#view = view;
  }

  /** The texts in place of the content of their files, by absolute path. */
  get texts(): ReadonlyMap<string, string> {
    return this.#texts;
  }

  /**
   * Decides the calls with this text of a file; null: with its content again, as after it was saved or its editor was closed. `at`: milliseconds
   * since 1970. Until it is null, the decisions are compared with those that were there before, unless the user has pinned others. A text
   * that cannot be used leaves the decisions, and a problem of the view says so. Never rejects.
   */
  async decide(path: string, text: string | null, at: number): Promise<void> {
    // The first replay gives the decisions to compare with.
    await this.#view.caughtUp();
    if (text !== null) {
      if (this.#texts.get(path) === text) return;
      this.#comparison.hold(this, `${basename(path)} as saved`);
      this.#texts = new Map([...this.#texts, [path, text]]);
      this.#last = { path, text, renewal: new Renewal(path, at, 'typed') };
      await this.#view.renew(this.#last.renewal);
      return;
    }
    if (!this.#texts.has(path)) return;
    this.#texts = new Map([...this.#texts].filter(([other]) => other !== path));
    const content = await contentOf(path);
    if (this.#last?.path === path && this.#last.text === content) {
      this.#last.renewal.saved();
      this.#view.saved();
    } else {
      const renewal = new Renewal(path, at, 'saved');
      this.#last = content === null ? null : { path, text: content, renewal };
      await this.#view.renew(renewal);
    }
    if (this.#texts.size === 0) this.#comparison.release(this);
  }

  /** Whether a change of a file needs no other decisions: an editor has a text in its place, or the decisions are of its content. */
  async covers(path: string): Promise<boolean> {
    if (this.#texts.has(path)) return true;
    if (this.#last?.path !== path) return false;
    const isDecided = this.#last.text === (await contentOf(path));
    if (!isDecided) this.#last = null;
    return isDecided;
  }

  /** Forgets the texts: the next run reads the files. */
  clear(): void {
    this.#texts = new Map();
    this.#last = null;
    this.#comparison.release(this);
  }
}

/** Null when the file cannot be read, which a run reports. */
async function contentOf(path: string): Promise<string | null> {
  try {
    return new TextDecoder().decode(await readInput(path, 'policy'));
  } catch {
    return null;
  }
}
