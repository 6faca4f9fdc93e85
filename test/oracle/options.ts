/** The options of a run of the oracle. */

export interface Options {
  readonly seed: number;
  readonly cases: number;
  /** Only this generator; null: all. */
  readonly kind: string | null;
  /** Only the case with this number; null: all. */
  readonly only: number | null;
  /** Maximum number of candidates to run while shrinking one difference. */
  readonly shrinkAttempts: number;
  /** Whether guards run as in the thread of a session, not in threads of their own. */
  readonly direct: boolean;
}

const sliceSeed = 20_260_528;
const sliceCases = 500;
const longCases = 20_000;
const usualCases = 2000;

/** Reads `--seed N --cases N --long --slice --kind NAME --only N --direct`; throws a sentence for anything else. */
export function readOptions(args: readonly string[]): Options {
  const known = new Set(['--seed', '--cases', '--kind', '--only']);
  const values = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const name = args[index] ?? '';
    const value = args[index + 1];
    if (name === '--long' || name === '--slice' || name === '--direct') values.set(name, '');
    else if (known.has(name) && value !== undefined) values.set(name, args[++index] ?? '');
    else
      throw new Error(
        `Unknown option "${name}"; there are --seed N, --cases N, --kind NAME, --only N, --long, --slice and --direct`,
      );
  }
  const number = (name: string): number | null => {
    const value = values.get(name);
    if (value === undefined) return null;
    if (!/^\d+$/.test(value)) throw new Error(`${name} takes a number, not "${value}"`);
    return Number(value);
  };
  const isSlice = values.has('--slice');
  const cases = isSlice ? sliceCases : values.has('--long') ? longCases : usualCases;
  return {
    seed: number('--seed') ?? (isSlice ? sliceSeed : 1),
    cases: number('--cases') ?? cases,
    kind: values.get('--kind') ?? null,
    only: number('--only'),
    shrinkAttempts: isSlice ? 100 : 300,
    direct: values.has('--direct'),
  };
}
