/**
 * Random interleavings of 1 to 8 clients without sessions that use equal ids at once, through an HTTP tap that records, watches or enforces:
 * each client gets its own answers, and the capture has them at their calls. `--count N` (default 1000) and `--seed N` (default 1, the seed
 * of the first one) choose them; a failure prints its seed and the lines of the capture.
 */
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { planOf } from '../engine/tap/http/interleaved/plan.ts';
import { play } from '../engine/tap/http/interleaved/run.ts';
import { check, fail, finish, inParallel, numberOption } from './support/checks.ts';
import { buildCli } from './support/product.ts';

const first = numberOption('seed', 1);
const count = numberOption('count', 1000);
const folder = dirname(await buildCli());
const bundles = { workerFile: join(folder, 'worker.js'), recorderFile: join(folder, 'tapRecorder.js') };

const began = performance.now();
const total = { clients: 0, calls: 0, answered: 0, gone: 0, guardLines: 0 };
const seeds = Array.from({ length: count }, (_, at) => first + at);
await inParallel(seeds, cpus().length, async (seed) => {
  const plan = planOf(seed);
  try {
    const result = await play(plan, bundles);
    total.clients += plan.clients.length;
    total.calls += result.calls;
    total.answered += result.answered;
    total.gone += result.gone;
    total.guardLines += result.guardLines;
    check(result.wrong.length === 0, `seed ${seed} (${plan.mode}): ${result.wrong.join('\n  ')}`);
    if (result.wrong.length > 0) for (const line of result.lines) console.error(`  ${line.slice(0, 2000)}`);
  } catch (thrown) {
    fail(`seed ${seed} (${plan.mode}): ${String(thrown instanceof Error ? thrown.stack : thrown)}`);
  }
});
const { clients, calls, answered, gone, guardLines } = total;
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  `${count} interleavings from seed ${first}: ${clients} clients, ${calls} calls, ${answered} answered, ${gone} disconnected, ${guardLines} lines of guards, ${seconds} s`,
);
finish();
