/** The product in the comparison: runs the steps of a case through its own step runner and worker threads. */
import type { JsonObject } from '../../src/core/base/json.ts';
import { StepRunner } from '../../src/engine/replay/stepRunner.ts';
import { CompileCache } from '../../src/engine/runtime/host/compileCache.ts';
import { prepareModule } from '../../src/engine/runtime/worker/prepareModule.ts';
import { SpareWorkers } from '../../src/engine/runtime/host/spareWorkers.ts';
import { loadInThread } from '../engine/sessionWorker/worker/threadGuards.ts';
import { patiently } from '../support/patience.ts';
import type { Answer } from './compare.ts';
import type { OracleCase } from './recipe.ts';

/** Time limit of one case in milliseconds; the longest generated deadline is far shorter. */
const caseLimit = patiently(30_000);

/** Starting a thread takes tens of milliseconds, and a refused module needs none. One in this many refused modules uses a thread anyway. */
const throughThread = 8;

const notLoaded: JsonObject = { ok: false, error: 'no guard is loaded: the first step loads it' };

export class Product {
  readonly #workerFile: string;
  readonly #spare: SpareWorkers;
  readonly #direct: boolean;
  #runs = 0;

  /** `direct`: guards run as in the thread of a session, by function calls in this thread; those that must be stopped get a thread of their own. */
  constructor(workerFile: string, direct = false) {
    this.#workerFile = workerFile;
    this.#direct = direct;
    this.#spare = new SpareWorkers(workerFile);
  }

  /** The lines of a module that is refused before it runs; null when it is not refused, or when it uses a thread anyway. */
  #refusedAtOnce(guard: Uint8Array, steps: readonly JsonObject[]): Answer | null {
    const [first] = steps;
    if (first?.['op'] !== 'load' || ++this.#runs % throughThread === 0) return null;
    const prepared = prepareModule(guard);
    if (prepared.kind !== 'refused') return null;
    const { error, panic } = prepared;
    const line: JsonObject =
      panic === null
        ? { ok: false, error: `failed to instantiate WASM module: ${error}`, log: [], stdout: '', stderr: '' }
        : { ok: false, panic };
    return steps.map(({ op }) => (op === 'load' ? line : notLoaded));
  }

  /** One line per step. An exception and a timeout are also lines, so that they count as differences. */
  async run({ guard, steps, loadMs }: OracleCase): Promise<Answer> {
    const refused = this.#refusedAtOnce(guard, steps);
    if (refused !== null) return refused;
    const options = {
      workerFile: this.#workerFile,
      spare: this.#spare,
      cache: new CompileCache(),
      ...(loadMs === undefined ? {} : { deadlineMs: patiently(loadMs) }),
    };
    const isDirect = this.#direct && loadMs === undefined && steps.every(({ op }) => op !== 'cancel');
    const runner = new StepRunner(guard, options, ...(isDirect ? [loadInThread] : []));
    const lines: JsonObject[] = [];
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<JsonObject>((resolve) => {
      timer = setTimeout(() => resolve({ error: 'the product did not come back' }), caseLimit);
    });
    try {
      for (const step of steps) {
        const line = await Promise.race([runStep(runner, step), tooLong]);
        lines.push(line);
        if (line['error'] === 'the product did not come back') break;
      }
    } finally {
      clearTimeout(timer);
      await runner.close();
    }
    return lines;
  }

  close(): Promise<void> {
    return this.#spare.close();
  }
}

async function runStep(runner: StepRunner, step: JsonObject): Promise<JsonObject> {
  try {
    return (await runner.run(step)) as JsonObject;
  } catch (thrown) {
    return { error: `the product threw: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  }
}
