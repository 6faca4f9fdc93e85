/** A guard in its session's thread gives the gateway's recorded results, and the records of a guard in a thread of its own. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/base/json.ts';
import type { GuardCallRecord } from '../../../../src/core/difc/record/guardCall.ts';
import { StepRunner } from '../../../../src/engine/replay/stepRunner.ts';
import { deviations } from '../../../deviations.ts';
import {
  actualShape,
  expectedShape,
  parityCases,
  parityGroups,
  type ParityCase,
} from '../../../support/records/parity.ts';
import { proves } from '../../../support/proves.ts';
import { type GuardText, askBackend, guardBytes, loadGuard } from '../../runtime/guards.ts';
import { loadInThread, openInThread } from './threadGuards.ts';

/** Cases that need a thread to be terminated, or the stack of a guard's thread. */
const ofThreads = new Set(['stack-overflow', 'deadline']);
const cases = parityCases(parityGroups().filter((group) => !ofThreads.has(group)));

describe('a guard in the thread of its session', () => {
  it.each(cases.map((parity) => [parity.name, parity] as const))('%s', async (name, parity) => {
    proves('own:session-thread');
    const deviation = deviations.find((candidate) => candidate.name === name);
    const printed = await runCase(parity);
    for (const [at, expected] of parity.expected.entries()) {
      if (deviation?.differences.some(({ line }) => line === at + 1) === true) continue;
      const line = printed[at] ?? {};
      expect(actualShape(expected, line), `step ${at + 1}: ${JSON.stringify(parity.steps[at])}`).toEqual(
        expectedShape(expected),
      );
    }
  });
});

async function runCase(parity: ParityCase): Promise<readonly JsonObject[]> {
  const runner = new StepRunner(parity.guard, { workerFile: '' }, loadInThread);
  const lines: JsonObject[] = [];
  for (const step of parity.steps) lines.push(JSON.parse(JSON.stringify(await runner.run(step))) as JsonObject);
  await runner.close();
  return lines;
}

/** Guards that reach the limits of the journal and of the records, or end in each way. */
const guards: Readonly<Record<string, GuardText>> = {
  'an output that is not UTF-8': {
    label_agent: '(i32.store (local.get $out) (i32.const 0x41ff42c3)) (i32.const 4)',
  },
  'a trap': { label_agent: '(call $f)', rest: '(func $f (result i32) unreachable)' },
  'proc_exit(0)': { label_agent: '(call $proc_exit (i32.const 0)) (i32.const 0)' },
  'proc_exit(3)': { label_agent: '(call $proc_exit (i32.const 3)) (i32.const 0)' },
  'an error code': { label_agent: '(i32.const -7)' },
  'three attempts': { label_agent: '(i32.store (local.get $out) (i32.const 5000000)) (i32.const -2)' },
  'log lines over the limit': {
    label_agent: repeated(12_000, '(call $host_log (local.get $i) (i32.const 0) (i32.const 10))'),
  },
  'a journal that does not fit into the shared memory': {
    label_agent: repeated(40, '(call $host_log (i32.const 1) (i32.const 0) (i32.const 65000))'),
  },
  'a long log line': {
    label_agent: '(call $host_log (i32.const 1) (i32.const 0) (i32.const 1200000)) (i32.const 0)',
    memory: '(export "memory") 20',
  },
  'a log line out of range': {
    label_agent: '(call $host_log (i32.const 1) (i32.const -4) (i32.const 10)) (i32.const 0)',
  },
  'standard output over the limit': {
    rest: '(data (i32.const 16) "\\00\\00\\00\\00\\00\\80\\00\\00")',
    label_agent: repeated(40, '(drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 32)))'),
  },
  'look-ups over the limit': { label_agent: repeated(60, `(drop ${askBackend})`) },
  'a guest that grows its memory': { label_agent: '(memory.grow (i32.const 3))' },
};

function repeated(times: number, body: string): string {
  return `(local $i i32) (loop $l ${body} (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $l (i32.lt_u (local.get $i) (i32.const ${times})))) (i32.const 0)`;
}

describe('the record of a call', () => {
  it.each(Object.entries(guards))('is the same as in a thread of its own: %s', async (_, text) => {
    const own = await loadGuard(text);
    const inThread = openInThread(guardBytes(text));
    const answers = Array.from({ length: 55 }, (_, at) => (at % 3 === 0 ? { error: `no ${at}` } : { result: { at } }));
    const source = { kind: 'answers', answers } as const;
    try {
      for (const name of ['label_agent', 'label_resource', 'label_agent', 'missing']) {
        const expected = await own.call(name, '{"é":1}', { backend: source });
        const record = inThread.call(name, '{"é":1}', { lookups: source });
        expect(withoutTimes(record)).toEqual(withoutTimes(expected));
        expect([inThread.healthy, inThread.memoryBytes]).toEqual([own.healthy, own.memoryBytes]);
      }
    } finally {
      await own.close();
    }
  });

  it('has the error of a call whose time was over before it began', () => {
    const guard = openInThread(guardBytes({ label_agent: '(i32.const 0)' }));
    const record = guard.call('label_agent', '{}', { lookups: { kind: 'none' }, deadlineMs: 0 });
    expect(record).toMatchObject({
      error: 'WASM function call failed: module closed with context deadline exceeded',
      poisoned: true,
    });
    expect(guard.healthy).toBe(false);
  });
});

/** The record with all times 0. */
function withoutTimes(record: GuardCallRecord): GuardCallRecord {
  const untimed = <T extends object>(each: T): T => {
    return { ...each, atMs: 0, ...('durationMs' in each ? { durationMs: 0 } : {}) };
  };
  const { log, backendCalls, grows } = record;
  return {
    ...record,
    durationMs: 0,
    log: log.map(untimed),
    backendCalls: backendCalls.map(untimed),
    grows: grows.map(untimed),
  };
}
