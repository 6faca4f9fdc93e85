/** Counts cases and differences by kind, and prints them. */
import type { Answer, Difference } from './compare.ts';
import type { Smallest } from './shrink.ts';

interface Kind {
  readonly name: string;
  count: number;
  /** Numbers of the first few cases. */
  readonly cases: number[];
}

/** Results of the cases of one generator in the oracle. A family whose cases all fail compares little. */
interface Family {
  cases: number;
  loads: number;
  refused: number;
  calls: number;
  failed: number;
}

const listedCases = 8;
const shownCharacters = 600;

export class Tally {
  readonly #kinds = new Map<string, Kind>();
  readonly #explained = new Map<string, number>();
  readonly #lost: string[] = [];
  readonly #unsteady: string[] = [];
  readonly #families = new Map<string, Family>();

  /** Counts a case that was compared. */
  compared(family: string, lines: Answer): void {
    const counts = this.#families.get(family) ?? { cases: 0, loads: 0, refused: 0, calls: 0, failed: 0 };
    this.#families.set(family, counts);
    counts.cases++;
    for (const line of lines) {
      if ('attempts' in line) {
        counts.calls++;
        if (line['ok'] !== true) counts.failed++;
      } else if ('stdout' in line || 'panic' in line) {
        counts.loads++;
        if (line['ok'] !== true) counts.refused++;
      }
    }
  }

  /** Counts a difference; true when it is the first of its kind. */
  unexplained(name: string, index: number): boolean {
    const known = this.#kinds.get(name);
    const kind = known ?? { name, count: 0, cases: [] };
    if (known === undefined) this.#kinds.set(name, kind);
    kind.count++;
    if (kind.cases.length < listedCases) kind.cases.push(index);
    return known === undefined;
  }

  explained(id: string): void {
    this.#explained.set(id, (this.#explained.get(id) ?? 0) + 1);
  }

  /** Counts a difference that did not occur in a second run, because the machine was busy and a time limit passed. */
  unsteady(name: string, index: number): void {
    this.#unsteady.push(`case ${index}: ${name}`);
  }

  /** Counts a case that the oracle did not answer. */
  lost(index: number, reason: string): void {
    this.#lost.push(`case ${index}: ${reason}`);
  }

  get kindCount(): number {
    return this.#kinds.size;
  }

  get unexplainedCount(): number {
    return [...this.#kinds.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** The last lines of a run. */
  summary(): string {
    const kinds = [...this.#kinds.values()].sort((a, b) => b.count - a.count);
    const byId = [...this.#explained].map(([id, count]) => `${id} ${count}`).join(', ');
    const explained = [...this.#explained.values()].reduce((sum, count) => sum + count, 0);
    const families = [...this.#families].sort(([a], [b]) => (a < b ? -1 : 1));
    const cases = families.reduce((sum, [, family]) => sum + family.cases, 0);
    return [
      ...families.map(
        ([name, { cases, loads, refused, calls, failed }]) =>
          `${name.padEnd(12)} ${cases} cases, ${loads} loads (${refused} refused), ${calls} calls (${failed} failed)`,
      ),
      ...kinds.map(
        ({ name, count, cases }) =>
          `${String(count).padStart(5)} × ${name}  (case ${cases.join(', ')}${count > cases.length ? ', …' : ''})`,
      ),
      ...this.#unsteady.map((each) => `only once: ${each}`),
      ...this.#lost.map((each) => `no answer of the oracle: ${each}`),
      `oracle: ${cases} cases, ${this.unexplainedCount} unexplained differences, ${explained} explained${byId === '' ? '' : ` (${byId})`}`,
    ].join('\n');
  }
}

/** One difference as text: what differs, the parts of the guard, and the options that run the case again. */
export function describeDifference(
  name: string,
  index: number,
  found: readonly Difference[],
  { found: smallest, parts }: Smallest,
): string {
  const lines = found.flatMap(({ step, member, oracle, product }) => [
    `  step ${step + 1}, ${member}`,
    `    oracle  ${shown(oracle)}`,
    `    product ${shown(product)}`,
  ]);
  return [
    `── ${name} (case ${index})`,
    ...lines,
    ...parts.slice(0, 20).map(({ label }) => `  part: ${label}`),
    ...(parts.length > 20 ? [`  and ${parts.length - 20} parts more`] : []),
    ...smallest.steps.map((step) => `  ${JSON.stringify(step)}`),
    `  guard: ${Buffer.from(smallest.guard).toString('base64')}`,
  ].join('\n');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}… (${text.length} characters)`;
}
