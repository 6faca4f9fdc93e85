/** Runs Go's regular expressions in linear time: all ways to match advance together, the preferred one first (Go's `regexp`). */
import { parseRegexp } from './regexpParser.ts';
import { isWord } from './regexpSets.ts';
import { type Assertion, RegexpError, type RegexpNode, type RuneTest } from './regexpTree.ts';

/** The places of a match: start and end of the whole, then of each group; -1 for a group that took no part. */
export type Places = readonly number[];

/** A compiled expression over code points. `work` is called with the units of work done. */
export interface Regexp {
  /** Names of the groups; the first is the whole match. */
  readonly names: readonly (string | null)[];
  find(runes: readonly number[], from: number, work: (units: number) => void): Places | null;
  /** The first match, or all that do not overlap. An empty match beside the end of the one before does not count. */
  findAll(runes: readonly number[], all: boolean, work: (units: number) => void): readonly Places[];
}

/** The compiled expression, or Go's error. */
export function compileRegexp(text: string): Regexp | string {
  try {
    const { node, names } = parseRegexp(text);
    const program: Instruction[] = [];
    emit({ k: 'group', of: node, index: 0 }, program);
    program.push({ op: 'match' });
    return new CompiledRegexp(program, names);
  } catch (error) {
    if (error instanceof RegexpError) return error.message;
    throw error;
  }
}

interface Split {
  readonly op: 'split';
  first: number;
  second: number;
}

type Instruction =
  | { readonly op: 'rune'; readonly test: RuneTest }
  | Split
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'assert'; readonly what: Assertion }
  | { readonly op: 'match' };

/** Instructions that a program may have; Go limits the size of expressions, too. */
const mostInstructions = 20_000;

function emit(node: RegexpNode, program: Instruction[]): void {
  if (program.length > mostInstructions) throw new RegexpError('expression nests or repeats too much');
  switch (node.k) {
    case 'set':
      program.push({ op: 'rune', test: node.test });
      return;
    case 'assert':
      program.push({ op: 'assert', what: node.what });
      return;
    case 'all':
      for (const item of node.items) emit(item, program);
      return;
    case 'any':
      emitAny(node.items, program);
      return;
    case 'group':
      program.push({ op: 'save', slot: 2 * node.index });
      emit(node.of, program);
      program.push({ op: 'save', slot: 2 * node.index + 1 });
      return;
    case 'repeat':
      emitRepeat(node, program);
  }
}

function emitAny(items: readonly RegexpNode[], program: Instruction[]): void {
  const ends: { op: 'jump'; to: number }[] = [];
  for (const [index, item] of items.entries()) {
    if (index === items.length - 1) {
      emit(item, program);
      break;
    }
    const split: Split = { op: 'split', first: program.length + 1, second: 0 };
    const end = { op: 'jump' as const, to: 0 };
    program.push(split);
    emit(item, program);
    program.push(end);
    split.second = program.length;
    ends.push(end);
  }
  for (const end of ends) end.to = program.length;
}

/** A repetition without end is `x+`, of which `x*` is the optional form, so that an empty `x` takes part in the match as in Go. */
function emitRepeat(
  { of, least, most, isGreedy }: Extract<RegexpNode, { readonly k: 'repeat' }>,
  program: Instruction[],
): void {
  const exits: Split[] = [];
  const branch = (to: number): void => {
    const split: Split = { op: 'split', first: to, second: to };
    exits.push(split);
    program.push(split);
  };
  const once = most === Infinity && least > 0 ? least - 1 : least;
  for (let count = 0; count < once; count++) emit(of, program);
  if (most === Infinity) {
    const isNullable = least === 0 && canBeEmpty(of);
    if (least === 0) branch(program.length + 1);
    const start = program.length;
    emit(of, program);
    if (least === 0 && !isNullable) program.push({ op: 'jump', to: start - 1 });
    else branch(start);
  } else {
    for (let count = least; count < most; count++) {
      branch(program.length + 1);
      emit(of, program);
    }
  }
  for (const exit of exits) {
    if (isGreedy) exit.second = program.length;
    else exit.first = program.length;
  }
}

function canBeEmpty(node: RegexpNode): boolean {
  switch (node.k) {
    case 'set':
      return false;
    case 'assert':
      return true;
    case 'all':
      return node.items.every(canBeEmpty);
    case 'any':
      return node.items.some(canBeEmpty);
    case 'group':
      return canBeEmpty(node.of);
    case 'repeat':
      return node.least === 0 || canBeEmpty(node.of);
  }
}

interface Thread {
  readonly at: number;
  readonly places: Places;
}

class CompiledRegexp implements Regexp {
  readonly names: readonly (string | null)[];
  readonly #program: readonly Instruction[];

  constructor(program: readonly Instruction[], names: readonly (string | null)[]) {
    this.#program = program;
    this.names = names;
  }

  find(runes: readonly number[], from: number, work: (units: number) => void): Places | null {
    const none: Places = this.names.flatMap(() => [-1, -1]);
    let threads: Thread[] = [];
    let found: Places | null = null;
    for (let at = from; at <= runes.length; at++) {
      const seen = new Set<number>();
      const now: Thread[] = [];
      for (const thread of threads) this.#follow(thread.at, thread.places, { runes, at, seen, threads: now });
      if (found === null) this.#follow(0, none, { runes, at, seen, threads: now });
      work(1 + seen.size);
      threads = [];
      for (const { at: place, places } of now) {
        const instruction = this.#program[place];
        if (instruction?.op === 'match') {
          found = places;
          break;
        }
        if (instruction?.op === 'rune' && at < runes.length && instruction.test(runes[at] ?? 0)) {
          threads.push({ at: place + 1, places });
        }
      }
      if (found !== null && threads.length === 0) return found;
    }
    return found;
  }

  findAll(runes: readonly number[], all: boolean, work: (units: number) => void): readonly Places[] {
    const found: Places[] = [];
    let before = -1;
    for (let at = 0; at <= runes.length;) {
      const places = this.find(runes, at, work);
      if (places === null) break;
      const [start = 0, end = 0] = places;
      if (end > at || start !== end) at = end;
      else at++;
      if (start === end && end === before) {
        at = Math.max(at, end + 1);
        continue;
      }
      before = end;
      found.push(places);
      if (!all) break;
    }
    return found;
  }

  /** Follows instructions that take no character, and adds the threads that wait for one, the preferred first. */
  #follow(
    start: number,
    from: Places,
    run: {
      readonly runes: readonly number[];
      readonly at: number;
      readonly seen: Set<number>;
      readonly threads: Thread[];
    },
  ): void {
    const { runes, at, seen, threads } = run;
    const work: Thread[] = [{ at: start, places: from }];
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      if (seen.has(next.at)) continue;
      seen.add(next.at);
      const instruction = this.#program[next.at];
      if (instruction === undefined) continue;
      const { places } = next;
      if (instruction.op === 'jump') work.push({ at: instruction.to, places });
      else if (instruction.op === 'split')
        work.push({ at: instruction.second, places }, { at: instruction.first, places });
      else if (instruction.op === 'save') work.push({ at: next.at + 1, places: places.with(instruction.slot, at) });
      else if (instruction.op === 'assert') {
        if (holds(instruction.what, runes, at)) work.push({ at: next.at + 1, places });
      } else threads.push(next);
    }
  }
}

function holds(what: Assertion, runes: readonly number[], at: number): boolean {
  switch (what) {
    case 'text-start':
      return at === 0;
    case 'text-end':
      return at === runes.length;
    case 'line-start':
      return at === 0 || runes[at - 1] === 10;
    case 'line-end':
      return at === runes.length || runes[at] === 10;
    default: {
      const isBorder = isWord(runes[at - 1] ?? 0) !== isWord(runes[at] ?? 0);
      return isBorder === (what === 'word');
    }
  }
}
