/** Calls that take the guard longer than in the baseline: told in a view when looks confirm it, and never for what the machine does. */
import { spawn } from 'node:child_process';
import { afterAll, afterEach, expect, onTestFinished, test } from 'vitest';
import { nativeHeaderLine, nativeMessageLine } from '../../../../src/core/trace/write.ts';
import { TimeLooks } from '../../../../src/engine/session/times/timeLooks.ts';
import type { TraceView } from '../../../../src/engine/session/traceView.ts';
import { readTraceFile } from '../../../../src/engine/traceFiles/traceFile.ts';
import { inputHas, type Mistake, plantedGuard } from '../../../support/guards/plantedGuard.ts';
import { patiently } from '../../../support/patience.ts';
import { proves } from '../../../support/proves.ts';
import { cleanUp, closeSessions, file, services, sessionOf } from '../sessions.ts';

afterEach(closeSessions);
afterAll(cleanUp);

const everything = { 'allow-only': { repos: 'all', 'min-integrity': 'none' } };

/** Goes round a loop, some hundred milliseconds long, when a call is about the second text. */
const slowForSearches: Mistake = {
  texts: ['"search"'],
  rest: `(func $burn (local $i i32)
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 300000000)))))`,
  always: `(if ${inputHas(0)} (then (call $burn)))`,
};

/** The module with a section that nothing reads, so that it is another module with the same code. */
function rebuilt(wasm: Uint8Array): Uint8Array {
  return Uint8Array.from([...wasm, 0, 5, 4, ...new TextEncoder().encode('note')]);
}

async function viewOf(calls: number): Promise<TraceView> {
  const lines = Array.from({ length: calls }, (_, id) => {
    const params = { name: id % 10 === 7 ? 'search' : 'read', arguments: { id } };
    const result = { content: [{ type: 'text', text: `[${id}]` }] };
    return [
      nativeMessageLine(id * 10, 'client', { jsonrpc: '2.0', id, method: 'tools/call', params }),
      nativeMessageLine(id * 10 + 5, 'server', { jsonrpc: '2.0', id, result }),
    ].join('');
  });
  const head = nativeHeaderLine({
    tool: 'guardscope',
    version: '0.1.0',
    start: '2026-11-30T10:00:00.000Z',
    server: 'things',
    transport: 'stdio',
    redaction: [],
  });
  const path = file(`${calls}.guardtrace.jsonl`, [head, ...lines].join(''));
  const policy = file('open.json', JSON.stringify(everything));
  const view = sessionOf({ policy, guard: file('right.wasm', plantedGuard()) }, await readTraceFile(path), path);
  await view.replay();
  expect(view.run).toMatchObject({ status: 'done', done: calls });
  return view;
}

function looksAt(view: TraceView): TimeLooks {
  const looks = new TimeLooks(view, services);
  onTestFinished(() => looks.dispose());
  return looks;
}

async function replayWith(view: TraceView, looks: TimeLooks, guard: string): Promise<readonly number[]> {
  view.update({ guard });
  await view.replay();
  await looks.settled;
  const rows = Array.from({ length: view.trace.calls.length }, (_, index) => view.row(index));
  return rows.filter(({ changes }) => changes?.includes('time') === true).map(({ index }) => index);
}

test(
  'calls that take longer with another build are told, with both times, and forgotten with their baseline',
  async () => {
    proves('own:slower-calls');
    const view = await viewOf(20);
    const looks = looksAt(view);
    expect(await replayWith(view, looks, file('slow.wasm', plantedGuard(slowForSearches)))).toEqual([7, 17]);
    expect(view.comparison.state.kinds).toEqual({ time: 2 });
    expect(view.run.marks.changed).toBe(2);
    expect(view.row(7)).toMatchObject({ status: 'allowed', was: 'allowed 1/1', changes: ['time'] });
    expect(view.comparison.changes(7)).toEqual([
      {
        kind: 'time',
        text: expect.stringMatching(/^was [\d.]+ ms, is \d+ ms$/) as string,
        pointer: '/guardCalls',
      },
    ]);
    // The run on show is the baseline of itself now.
    view.comparison.pinRun('this run');
    await looks.settled;
    expect(view.comparison.state.kinds).toEqual({});
    expect(view.row(7).changes).toBeUndefined();
  },
  patiently(60_000),
);

test(
  'two builds with the same code never differ in 1,000 calls, also while other programs take the processor',
  async () => {
    const view = await viewOf(1000);
    const looks = looksAt(view);
    const hogs = Array.from({ length: 2 }, () => spawn(process.execPath, ['-e', 'for (;;);']));
    onTestFinished(() => {
      for (const hog of hogs) hog.kill('SIGKILL');
    });
    const builds = [file('a.wasm', rebuilt(plantedGuard())), file('right.wasm', plantedGuard())];
    for (const guard of builds) {
      expect(await replayWith(view, looks, guard)).toEqual([]);
      expect(view.run.marks.changed).toBe(0);
    }
  },
  patiently(60_000),
);

test('nothing is told of an older run, or after the view was closed', async () => {
  const view = await viewOf(20);
  const looks = looksAt(view);
  view.update({ guard: file('slow.wasm', plantedGuard(slowForSearches)) });
  await view.replay();
  view.update({ guard: file('a.wasm', rebuilt(plantedGuard())) });
  await looks.settled;
  expect(view.run.status).toBe('idle');
  await view.replay();
  looks.dispose();
  await looks.settled;
  expect(view.run.marks.changed).toBe(0);
});
