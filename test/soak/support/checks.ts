/** Counts passed and failed checks, and prints the last line of a soak test, which `run.ts` sums up. */

let passed = 0;
const failures: string[] = [];

/** One check of a case; `sentence` describes the failure. */
export function check(holds: boolean, sentence: string): void {
  if (holds) passed++;
  else fail(sentence);
}

/** A failure without a check, such as an exception. */
export function fail(sentence: string): void {
  failures.push(sentence);
  console.error(`FAILED: ${sentence.slice(0, 1000)}`);
}

/** Prints the last line of a soak test and sets the exit code. */
export function finish(): void {
  process.exitCode = failures.length > 0 ? 1 : 0;
  console.log(`${passed} passed, ${failures.length} failed`);
}

/** The value of `--name VALUE` as a number. */
export function numberOption(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`--${name} needs a number`);
  process.exit(2);
}

/** Runs `task` for each item, at most `width` at a time. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await task(next);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
