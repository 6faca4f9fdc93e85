/** The failure of reading debug information, and the limit of the work for it. */

/** Thrown inside of this room for debug information that cannot be read; `DebugInfo` turns it into a sentence. */
export class BadDwarf extends Error {
  /** `what`: the rest of the sentence `The debug information cannot be read: …`. */
  constructor(what: string) {
    super(what);
    this.name = 'BadDwarf';
  }
}

/** The work that may still be done, in steps of about the same time: an entry, a row, a range, an abbreviation. */
export class WorkLimit {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  /** Counts steps. Lists that many entries refer to could otherwise be read again and again. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new BadDwarf('it refers to the same lists too often');
  }
}
