/** The runtime gives the gateway's recorded results for every parity case, as far as a case uses only the runtime. */
import { afterAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/base/json.ts';
import type { GuardCallRecord } from '../../../src/core/difc/record/guardCall.ts';
import type { TimedAnswer } from '../../../src/core/guard/backend.ts';
import { CompileCache } from '../../../src/engine/runtime/host/compileCache.ts';
import { SpareWorkers } from '../../../src/engine/runtime/host/spareWorkers.ts';
import { type LoadResult, WorkerGuard } from '../../../src/engine/runtime/host/workerGuard.ts';
import {
  type ParityCase,
  actualShape,
  expectedShape,
  inputText,
  parityCases,
  textMember,
} from '../../support/records/parity.ts';
import { workerFile } from '../../support/paths.ts';

const groups = ['buffers', 'memory', 'traps', 'host', 'wasi', 'exit', 'deadline', 'stack-overflow', 'load'];
const runtimeSteps = new Set(['load', 'raw', 'cancel', 'close']);

const cache = new CompileCache();
const spare = new SpareWorkers(workerFile);
afterAll(() => spare.close());

/** Number of steps before the first one that needs more than the runtime. That step changes the guest, so later ones cannot be compared. */
function reachableSteps({ steps }: ParityCase): number {
  const stop = steps.findIndex(
    (step) =>
      !runtimeSteps.has(textMember(step, 'op')) || (step['op'] === 'cancel' && (step['wraps'] ?? 'raw') !== 'raw'),
  );
  return stop === -1 ? steps.length : stop;
}

class Runner {
  readonly #case: ParityCase;
  #guard: WorkerGuard | null = null;

  constructor(parityCase: ParityCase) {
    this.#case = parityCase;
  }

  async run(step: JsonObject): Promise<JsonObject> {
    switch (step['op']) {
      case 'load':
        await this.close();
        return this.#load(typeof step['name'] === 'string' ? step['name'] : 'guard');
      case 'close':
        await this.close();
        return { ok: true };
      default:
        return this.#call(step);
    }
  }

  async close(): Promise<void> {
    await this.#guard?.close();
    this.#guard = null;
  }

  async #load(name: string): Promise<JsonObject> {
    const loaded = await WorkerGuard.load(this.#case.guard, { name, workerFile, cache, spare });
    if (loaded.ok) this.#guard = loaded.guard;
    return loadLine(loaded);
  }

  async #call(step: JsonObject): Promise<JsonObject> {
    const guard = this.#guard;
    if (guard === null) throw new Error('no guard is loaded');
    const record = await guard.call(textMember(step, 'function'), inputText(step), {
      backend: { kind: 'answers', answers: (step['backend'] ?? []) as readonly TimedAnswer[] },
      ...(step['op'] === 'cancel' ? { deadlineMs: Number(step['afterMs']) } : {}),
    });
    return callLine(record, guard);
  }
}

function loadLine(loaded: LoadResult): JsonObject {
  const { log, stdout, stderr, memoryBytes } = loaded.record;
  const streams = { log: log.map(({ level, message }) => ({ level, message })), stdout, stderr };
  if (loaded.ok)
    return { ok: true, healthy: loaded.guard.healthy, ...streams, ...(memoryBytes === null ? {} : { memoryBytes }) };
  return { ok: false, error: loaded.error, ...(loaded.trace === null ? {} : { trace: loaded.trace }), ...streams };
}

function callLine(record: GuardCallRecord, guard: WorkerGuard): JsonObject {
  return {
    ok: record.error === null,
    ...(record.error === null ? { output: record.output } : { error: record.error }),
    ...(record.trace === null ? {} : { trace: record.trace }),
    healthy: guard.healthy,
    ...(guard.memoryBytes === null ? {} : { memoryBytes: guard.memoryBytes }),
    attempts: record.attempts.map(({ bufferSize }) => bufferSize),
    backendCalls: record.backendCalls.filter(({ reached }) => reached).map(({ tool, args }) => ({ tool, args })),
    log: record.log.map(({ level, message }) => ({ level, message })),
    stdout: record.stdout,
    stderr: record.stderr,
  };
}

for (const group of groups) {
  describe(group, () => {
    for (const each of parityCases([group])) {
      const count = reachableSteps(each);
      test(`${each.name} (${count} of ${each.steps.length} steps)`, async () => {
        expect(count).toBeGreaterThan(0);
        const runner = new Runner(each);
        try {
          for (const [index, step] of each.steps.slice(0, count).entries()) {
            const expected = each.expected[index] ?? {};
            const actual = await runner.run(step);
            expect(actualShape(expected, actual), `step ${index + 1}: ${JSON.stringify(step).slice(0, 200)}`).toEqual(
              expectedShape(expected),
            );
            if (!('trace' in expected)) expect(actual['trace'] ?? null, `step ${index + 1} has no trace`).toBeNull();
          }
        } finally {
          await runner.close();
        }
      });
    }
  });
}
