/** A guard that continues from a snapshot gives the results of a guard that ran on, and what cannot be kept is refused with its reason. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/base/json.ts';
import type { GuardCallRecord } from '../../../../src/core/difc/record/guardCall.ts';
import { StepRunner } from '../../../../src/engine/replay/stepRunner.ts';
import type { GuardSnapshot } from '../../../../src/engine/sessionWorker/snapshots/guardSnapshot.ts';
import { PageStore } from '../../../../src/engine/sessionWorker/snapshots/pageStore.ts';
import type { ThreadGuard } from '../../../../src/engine/sessionWorker/worker/threadGuard.ts';
import { deviations } from '../../../deviations.ts';
import { actualShape, expectedShape, parityCases, parityGroups } from '../../../support/records/parity.ts';
import { proves } from '../../../support/proves.ts';
import { fromText } from '../../../core/wasm/support.ts';
import { type GuardText, guardBytes } from '../../runtime/guards.ts';
import { loadSnapshotted, openInThread } from './threadGuards.ts';

const pageBytes = 65_536;
/** Cases that need a thread to be terminated, or the stack of a guard's thread. */
const ofThreads = new Set(['stack-overflow', 'deadline']);
const cases = parityCases(parityGroups().filter((group) => !ofThreads.has(group)));

describe('a guard that is put on a new instance before each call', () => {
  it.each(cases.map((parity) => [parity.name, parity] as const))(
    'gives the recorded results: %s',
    async (name, parity) => {
      proves('own:snapshots');
      const pages = new PageStore();
      const before = new WeakMap<ThreadGuard, GuardSnapshot>();
      const load = loadSnapshotted((guard) => {
        const snapshot = keep(guard, pages, before.get(guard) ?? null);
        before.set(guard, snapshot);
        guard.restore(snapshot);
      });
      const runner = new StepRunner(parity.guard, { workerFile: '' }, load);
      const deviation = deviations.find((candidate) => candidate.name === name);
      for (const [at, step] of parity.steps.entries()) {
        const printed = JSON.parse(JSON.stringify(await runner.run(step))) as JsonObject;
        const expected = parity.expected[at];
        if (expected === undefined || deviation?.differences.some(({ line }) => line === at + 1) === true) continue;
        expect(actualShape(expected, printed), `step ${at + 1}: ${JSON.stringify(step)}`).toEqual(
          expectedShape(expected),
        );
      }
      await runner.close();
    },
  );
});

/** Stores the answer in the output buffer as a letter. */
const letter = (value: string): string =>
  `(i32.store8 (local.get $out) (i32.add (i32.const 65) ${value})) (i32.const 1)`;

const increment = (name: string, type: string): string =>
  `(global.set ${name} (${type}.add (global.get ${name}) (${type}.const 1)))`;

/** Guards whose answers depend on their earlier calls. */
const guards: Readonly<Record<string, GuardText>> = {
  'globals of each number type': {
    rest: '(global $a (mut i32) (i32.const 0)) (global $b (mut i64) (i64.const 0)) (global $c (mut f32) (f32.const 0)) (global $d (mut f64) (f64.const 0))',
    label_agent: `${increment('$a', 'i32')} ${increment('$b', 'i64')} ${increment('$c', 'f32')} ${increment('$d', 'f64')} ${letter(
      '(i32.add (i32.add (global.get $a) (i32.wrap_i64 (global.get $b))) (i32.add (i32.trunc_f32_s (global.get $c)) (i32.trunc_f64_s (global.get $d))))',
    )}`,
  },
  'memory that grows': {
    label_agent: `(drop (memory.grow (i32.const 1)))
      (i32.store8 (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)) (memory.size))
      ${letter('(i32.and (i32.load8_u (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1))) (i32.const 31))')}`,
  },
  'a table that changes': {
    rest: `(type $f (func (result i32))) (table $t 2 funcref) (elem (i32.const 0) func $one $two)
      (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
      (global $kept (mut funcref) (ref.null func))`,
    label_agent: `(global.set $kept (table.get $t (i32.const 0)))
      (table.set $t (i32.const 0) (table.get $t (i32.const 1)))
      (table.set $t (i32.const 1) (global.get $kept))
      (drop (table.grow $t (global.get $kept) (i32.const 1)))
      ${letter(
        '(i32.add (call_indirect $t (type $f) (i32.const 0)) (i32.mul (i32.const 3) (call_indirect $t (type $f) (i32.sub (table.size $t) (i32.const 1)))))',
      )}`,
  },
  'proc_exit(0)': {
    rest: '(global $calls (mut i32) (i32.const 0))',
    label_agent: `${increment('$calls', 'i32')} (if (i32.eq (global.get $calls) (i32.const 2)) (then (call $proc_exit (i32.const 0)))) ${letter('(global.get $calls)')}`,
  },
  'a trap': {
    rest: '(global $calls (mut i32) (i32.const 0))',
    label_agent: `${increment('$calls', 'i32')} (if (i32.eq (global.get $calls) (i32.const 3)) (then unreachable)) ${letter('(global.get $calls)')}`,
  },
};

/** A guard that answers with both clocks and eight random bytes, and closes standard output in its second call. */
const systemGuard = `(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (memory (export "memory") 1)
  (global $calls (mut i32) (i32.const 0))
  (func $ask (param $in i32) (param $n i32) (param $out i32) (param $cap i32) (result i32)
    ${increment('$calls', 'i32')}
    (drop (call $clock (i32.const 0) (i64.const 0) (local.get $out)))
    (drop (call $clock (i32.const 1) (i64.const 0) (i32.add (local.get $out) (i32.const 8))))
    (drop (call $random (i32.add (local.get $out) (i32.const 16)) (i32.const 3000)))
    (if (i32.eq (global.get $calls) (i32.const 2)) (then (drop (call $close (i32.const 1)))))
    (i32.store (i32.add (local.get $out) (i32.const 3016)) (call $close (i32.const 7)))
    (if (i32.eq (global.get $calls) (i32.const 4))
      (then (i32.store (i32.add (local.get $out) (i32.const 3016)) (call $close (i32.const 1)))))
    (i32.const 3020))
  (export "label_agent" (func $ask)) (export "label_resource" (func $ask)) (export "label_response" (func $ask)))`;

describe('a snapshot', () => {
  const all: readonly (readonly [string, Uint8Array])[] = [
    ...Object.entries(guards).map(([name, text]) => [name, guardBytes(text)] as const),
    ['clocks, random bytes and descriptors', fromText(systemGuard)],
  ];

  it.each(all)('before any call leads to the same records: %s', (_, bytes) => {
    proves('own:snapshots');
    const guard = openInThread(bytes, { exportsState: true });
    const pages = new PageStore();
    const snapshots: GuardSnapshot[] = [];
    const first = Array.from({ length: 6 }, () => {
      snapshots.push(keep(guard, pages, snapshots.at(-1) ?? null));
      return call(guard);
    });
    expect(new Set(first.slice(0, 2).map(({ output }) => output)).size).toBe(2);
    for (const at of [3, 0, 5, 1, 2, 4]) {
      const snapshot = snapshots[at];
      if (snapshot === undefined) throw new Error('there is no snapshot');
      guard.restore(snapshot);
      expect(first.slice(at).map(() => call(guard))).toEqual(first.slice(at));
      expect(guard.healthy).toBe(first.at(-1)?.poisoned !== true);
    }
  });

  it('keeps equal pages once, zero pages not at all, and drops what no snapshot has', () => {
    const bytes = guardBytes({
      memory: '(export "memory") 20',
      rest: '(global $calls (mut i32) (i32.const 0))',
      label_agent: `${increment('$calls', 'i32')}
        (i32.store (i32.const 655360) (global.get $calls)) (i32.store (i32.const 720896) (global.get $calls)) (i32.const 0)`,
    });
    const guard = openInThread(bytes, { exportsState: true });
    const pages = new PageStore();
    const snapshots = [keep(guard, pages, null)];
    const kept = (): number => Math.floor(pages.bytes / pageBytes);
    expect(kept()).toBe(1);
    call(guard);
    snapshots.push(keep(guard, pages, snapshots.at(-1) ?? null));
    // The two written pages are equal. The input and the output of the call may lie in a page of their own.
    const afterOne = kept();
    expect(snapshots.at(-1)?.memory?.pages[10]).toBe(snapshots.at(-1)?.memory?.pages[11]);
    snapshots.push(keep(guard, pages, snapshots.at(-1) ?? null));
    expect(kept()).toBe(afterOne);
    expect(snapshots[2]?.memory).toBe(snapshots[1]?.memory);
    for (const { memory } of snapshots) if (memory !== null) pages.drop(memory);
    expect(pages.bytes).toBe(0);
  });

  it.each([
    [
      '(data $d "x")',
      '(data.drop $d) (i32.const 0)',
      'its code has "data.drop", and whether a segment was dropped cannot be read',
    ],
    [
      '(global (mut v128) (v128.const i64x2 0 0))',
      '(i32.const 0)',
      'its global 0 is a mutable v128, whose value V8 does not show',
    ],
    ['(global (mut f64) (f64.const nan))', '(i32.const 0)', 'one of its globals is a NaN, whose bits V8 does not show'],
  ])('is refused with the reason: %s', (rest, label_agent, reason) => {
    const guard = openInThread(guardBytes({ rest, label_agent }), { exportsState: true });
    expect(guard.snapshot(new PageStore(), null)).toEqual({ reason });
  });

  it('needs a module that exports its state', () => {
    const guard = openInThread(guardBytes({}));
    expect(guard.snapshot(new PageStore(), null)).toEqual({ reason: 'it was loaded without exports of its state' });
  });
});

function keep(guard: ThreadGuard, pages: PageStore, before: GuardSnapshot | null): GuardSnapshot {
  const snapshot = guard.snapshot(pages, before);
  if ('reason' in snapshot) throw new Error(snapshot.reason);
  return snapshot;
}

function call(guard: ThreadGuard): GuardCallRecord {
  const record = guard.call('label_agent', '{}', { lookups: { kind: 'none' } });
  return { ...record, durationMs: 0, grows: record.grows.map((grow) => ({ ...grow, atMs: 0 })) };
}
