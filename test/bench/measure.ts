/** Measures functions by the median of many runs, and prints the figures in a common format. */

/** Median, fastest and slowest of the timed runs, in milliseconds. */
export interface Timing {
  readonly median: number;
  readonly min: number;
  readonly p90: number;
  readonly runs: number;
}

/** Runs a function several times unmeasured, then measured. */
export async function time(runs: number, warmUps: number, run: () => unknown): Promise<Timing> {
  for (let at = 0; at < warmUps; at++) await run();
  const samples: number[] = [];
  for (let at = 0; at < runs; at++) {
    const began = performance.now();
    await run();
    samples.push(performance.now() - began);
  }
  return summarize(samples);
}

/** Measures several functions in turns, so that other load on the machine affects all of them. */
export async function timeInTurns<Name extends string>(
  rounds: number,
  warmUps: number,
  runs: Readonly<Record<Name, () => unknown>>,
): Promise<Readonly<Record<Name, Timing>>> {
  const names = Object.keys(runs) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -warmUps; round < rounds; round++) {
    for (const name of names) {
      const began = performance.now();
      await runs[name]();
      if (round >= 0) samples[name].push(performance.now() - began);
    }
  }
  return Object.fromEntries(names.map((name) => [name, summarize(samples[name])])) as Record<Name, Timing>;
}

export function report(label: string, timing: Timing, note = ''): void {
  const figures = `median ${ms(timing.median)}, min ${ms(timing.min)}, p90 ${ms(timing.p90)}, ${timing.runs} runs`;
  console.log(`${label.padEnd(44)} ${figures}${note === '' ? '' : `  (${note})`}`);
}

export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 3 : 1)} ms`;
}

/** The figures of some samples in milliseconds. */
export function summarize(samples: readonly number[]): Timing {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { median: at(0.5), min: at(0), p90: at(0.9), runs: sorted.length };
}
