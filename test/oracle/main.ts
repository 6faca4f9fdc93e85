/** Compares the product with the production engine: recorded cases check the oracle, generated cases search for differences. */
import type { JsonObject } from '../../src/core/base/json.ts';
import { actualShape, expectedShape, parityCases, parityGroups } from '../support/records/parity.ts';
import { isDeepStrictEqual } from 'node:util';
import { type Answer, type Difference, differences, kindOf } from './compare.ts';
import { explanationOf } from './explained.ts';
import { GatewayProcess } from './gatewayProcess.ts';
import { generate } from './generate/all.ts';
import { type Options, readOptions } from './options.ts';
import { Product } from './product.ts';
import { caseOf, type OracleCase, type Recipe } from './recipe.ts';
import { shrink } from './shrink.ts';
import { describeDifference, Tally } from './tally.ts';

/** Number of concurrent cases; the guards of the product run in threads, the oracle runs in a separate process. */
const lanes = 2;
/** Number of kinds of differences that are shrunk and printed. More kinds mean a fundamental failure, so they are only counted. */
const printedKinds = 20;

const [binary = '', workerFile = '', ...args] = process.argv.slice(2);
process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions(args);
  const gateway = new GatewayProcess(binary);
  const product = new Product(workerFile, options.direct);
  try {
    const wrong = await proveOracle(gateway);
    if (wrong > 0) {
      console.log(`The oracle differs from ${wrong} recorded lines, so its results are not valid`);
      return 1;
    }
    const tally = new Tally();
    await compareCases(options, gateway, product, tally);
    console.log(tally.summary());
    return tally.unexplainedCount > 0 ? 1 : 0;
  } finally {
    gateway.close();
    await product.close();
  }
}

/** Runs the recorded cases whose steps the oracle supports; returns the number of lines that differ from the recording. */
async function proveOracle(gateway: GatewayProcess): Promise<number> {
  const cases = parityCases(parityGroups()).filter(({ steps }) => steps.every(isKnown));
  const answers = await Promise.all(cases.map(async ({ guard, steps }) => gateway.run({ guard, steps })));
  let wrong = 0;
  let lines = 0;
  for (const [index, { name, expected }] of cases.entries()) {
    const answer = answers[index] ?? [];
    for (const [line, recorded] of expected.entries()) {
      const printed = 'died' in answer ? { ...answer } : (answer[line] ?? {});
      lines++;
      if (isDeepStrictEqual(actualShape(recorded, printed), expectedShape(recorded))) continue;
      wrong++;
      console.log(
        `${name}, line ${line + 1}\n  recorded ${JSON.stringify(recorded)}\n  oracle   ${JSON.stringify(printed)}`,
      );
    }
  }
  console.log(`recorded: ${cases.length} cases, ${lines} lines, ${wrong} differ`);
  return wrong;
}

function isKnown(step: JsonObject): boolean {
  const { op, wraps = 'raw' } = step;
  return op === 'load' || op === 'raw' || op === 'close' || (op === 'cancel' && wraps === 'raw');
}

async function compareCases(options: Options, gateway: GatewayProcess, product: Product, tally: Tally): Promise<void> {
  const { only, cases, seed, kind: wanted } = options;
  const last = only === null ? cases : only + 1;
  let next = only ?? 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < last; index = next++) {
      const { kind, made } = generate(seed, index, wanted);
      if (only !== null) console.log(Buffer.from(caseOf(made).guard).toString('base64'));
      const found = await compareOne(caseOf(made), gateway, product, (lines) => tally.compared(kind, lines));
      if ('died' in found) tally.lost(index, `${kind}: ${found.died}`);
      else if (found.length > 0) await judge({ index, kind, made, found }, options, gateway, product, tally);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

interface Suspect {
  readonly index: number;
  readonly kind: string;
  readonly made: Recipe;
  readonly found: readonly Difference[];
}

/** Counts a case that differs; the first of each kind is shrunk and printed. */
async function judge(
  { index, kind, made, found }: Suspect,
  { shrinkAttempts }: Options,
  gateway: GatewayProcess,
  product: Product,
  tally: Tally,
): Promise<void> {
  const explanation = explanationOf(found, caseOf(made));
  if (explanation !== null) {
    tally.explained(explanation.id);
    return;
  }
  const difference = kindOf(found);
  const differsStill = async (candidate: OracleCase): Promise<boolean> => {
    const again = await compareOne(candidate, gateway, product);
    return !('died' in again) && kindOf(again) === difference;
  };
  if (!(await differsStill(caseOf(made)))) {
    tally.unsteady(`${kind}: ${difference}`, index);
    return;
  }
  const isNew = tally.unexplained(`${kind}: ${difference}`, index);
  if (!isNew || tally.kindCount > printedKinds) return;
  const smallest = await shrink(made, differsStill, shrinkAttempts);
  const final = await compareOne(smallest.found, gateway, product);
  console.log(describeDifference(`${kind}: ${difference}`, index, 'died' in final ? [] : final, smallest));
}

async function compareOne(
  wanted: OracleCase,
  gateway: GatewayProcess,
  product: Product,
  seen?: (oracle: Answer) => void,
): Promise<readonly Difference[] | { readonly died: string }> {
  const [oracle, own] = await Promise.all([gateway.run(wanted), product.run(wanted)]);
  if ('died' in oracle) return oracle;
  seen?.(oracle);
  return differences(oracle, own);
}
