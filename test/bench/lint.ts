/** Measures what lint costs a replay: 10,000 calls of the sample session with and without it, in turns, as a ratio of wall time and of processor time. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '../../src/core/base/json.ts';
import { lintCall } from '../../src/core/lint/lintCall.ts';
import { SessionLint } from '../../src/core/lint/session/sessionLint.ts';
import type { DecisionRecord } from '../../src/core/difc/record/decision.ts';
import { readTrace } from '../../src/core/trace/reader.ts';
import type { Trace, TraceCall } from '../../src/core/trace/model/traceModel.ts';
import { loadWasmGuard } from '../../src/engine/guard/loadGuard.ts';
import { replayTrace } from '../../src/engine/replay/replayTrace.ts';
import { summarize } from './measure.ts';
import { workerFile } from './subjects.ts';

const folder = join('media', 'samples', 'files-and-memory');
const calls = 10_000;
const rounds = 7;

async function main(): Promise<void> {
  const trace = repeated(readTrace(readFileSync(join(folder, 'trace.guardtrace.jsonl'))));
  const policy = JSON.parse(readFileSync(join(folder, 'policy.json'), 'utf8')) as JsonValue;
  const bytes = readFileSync(join(folder, 'guard.wasm'));
  const replay = async (lint: boolean, records: DecisionRecord[] | null): Promise<Spent> => {
    globalThis.gc?.();
    const loaded = await loadWasmGuard(bytes, { workerFile });
    if (!loaded.ok) throw new Error(loaded.error);
    const began = performance.now();
    const cpu = process.cpuUsage();
    let decided = 0;
    for await (const record of replayTrace(trace, { guard: loaded.guard, policy, lint })) {
      decided++;
      records?.push(record);
    }
    const wall = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    await loaded.guard.close();
    if (decided !== calls) throw new Error(`only ${decided} of ${calls} calls were decided`);
    return { wall, cpu: (user + system) / 1000 };
  };
  const times = { with: [] as Spent[], without: [] as Spent[] };
  await replay(true, null);
  await replay(false, null);
  for (let round = 0; round < rounds; round++) {
    times.with.push(await replay(true, null));
    times.without.push(await replay(false, null));
  }
  console.log(`${calls} calls of the sample, ${rounds} rounds in turns, median and least in ms`);
  for (const kind of ['wall', 'cpu'] as const) {
    const [on, off] = [summarize(times.with.map((one) => one[kind])), summarize(times.without.map((one) => one[kind]))];
    const ratio = summarize(times.with.map((one, round) => one[kind] / (times.without[round]?.[kind] ?? NaN)));
    console.log(
      `${kind.padEnd(5)} with lint ${on.median.toFixed(0)} / ${on.min.toFixed(0)}, without ${off.median.toFixed(0)} / ${off.min.toFixed(0)}; ` +
        `ratio: median of pairs ${ratio.median.toFixed(3)}, of the least ${(on.min / off.min).toFixed(3)}`,
    );
  }
  const records: DecisionRecord[] = [];
  await replay(false, records);
  const alone = summarize(Array.from({ length: rounds }, () => lintAlone(records, policy)));
  const share = (alone.median / summarize(times.without.map(({ cpu }) => cpu)).median) * 100;
  console.log(
    `lint alone, with its own decoding of the answers: ${alone.median.toFixed(1)} ms of processor time, ${share.toFixed(2)} % of a replay's`,
  );
}

/** Milliseconds. */
interface Spent {
  readonly wall: number;
  readonly cpu: number;
}

function lintAlone(records: readonly DecisionRecord[], policy: JsonValue): number {
  const session = new SessionLint(new Map(records.map(({ server }) => [server, policy])));
  let found = 0;
  const began = process.cpuUsage();
  for (const record of records) found += lintCall(record).length + session.add(record).length;
  const { user, system } = process.cpuUsage(began);
  if (found > 0) throw new Error(`${found} findings in the sample`);
  return (user + system) / 1000;
}

/** The calls of a trace, repeated up to the number of calls. */
function repeated(trace: Trace): Trace {
  const all = Array.from({ length: calls }, (_, index): TraceCall => {
    const call = trace.calls[index % trace.calls.length];
    if (call === undefined) throw new Error('The sample has no calls');
    return Object.create(call, { index: { value: index, enumerable: true } }) as TraceCall;
  });
  return { ...trace, calls: all };
}

void main();
