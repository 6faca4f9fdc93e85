/** A session in a thread of its own: the same records as one guard a thread, also when a guard hangs or kills the thread, and each once. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { Problem } from '../../../../src/core/base/parsed.ts';
import type { DecisionRecord } from '../../../../src/core/difc/record/decision.ts';
import { parsePolicyText } from '../../../../src/core/policy/parse.ts';
import type { DecisionDigest } from '../../../../src/core/replay/decisionDigest.ts';
import { openSession, type ServerToOpen } from '../../../../src/engine/replay/openSession.ts';
import { replaySession } from '../../../../src/engine/replay/replayTrace.ts';
import { CompileCache } from '../../../../src/engine/runtime/host/compileCache.ts';
import { PreparedServers } from '../../../../src/engine/sessionWorker/host/preparedServers.ts';
import { ThreadSession } from '../../../../src/engine/sessionWorker/host/threadSession.ts';
import { readTraceFile } from '../../../../src/engine/traceFiles/traceFile.ts';
import { repoPath, workerFile } from '../../../support/paths.ts';
import { patiently } from '../../../support/patience.ts';
import { proves } from '../../../support/proves.ts';
import { forever, sayStillHere } from '../../runtime/guards.ts';
import { fairGuard, fromThirdCall, logOf, removeFiles, serverOf, written } from './sessionSubjects.ts';

const cache = new CompileCache();
afterAll(removeFiles);

interface Replayed {
  readonly records: readonly DecisionRecord[];
  readonly digests: readonly DecisionDigest[];
  readonly findings: readonly Problem[];
  readonly healthy: boolean;
}

interface InThreadOptions {
  readonly signal?: AbortSignal;
  readonly worker?: string;
  readonly onLoaded?: () => void;
}

/** Replays in a thread; null when the signal aborted. */
async function inThread(
  trace: string,
  servers: readonly ServerToOpen[],
  { signal, worker = workerFile, onLoaded }: InThreadOptions = {},
): Promise<Replayed | null> {
  const session = await ThreadSession.open([trace], {
    workerFile: worker,
    cache,
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const prepared = await PreparedServers.prepare(session, servers);
    const { specs } = prepared;
    const replay = session.replay({ servers: specs, usesTrace: true, fixtures: [], lint: true, gives: 'records' });
    const records: DecisionRecord[] = [];
    const digests: DecisionDigest[] = [];
    for (let step = await replay.next(); ; step = await replay.next()) {
      if (step.done === true) return step.value === null ? null : { records, digests, ...step.value };
      for (const item of step.value) {
        if (item.kind === 'loaded') {
          prepared.take(item.guards);
          onLoaded?.();
        } else if (item.kind === 'decision') {
          digests.push(item.digest());
          records.push(item.record());
        }
      }
    }
  } finally {
    await session.close();
  }
}

/** Replays with a guard a thread. */
async function inThreads(trace: string, servers: readonly ServerToOpen[]): Promise<Omit<Replayed, 'digests'>> {
  const { session, isHealthy, close } = await openSession(servers, { workerFile, cache });
  try {
    const records: DecisionRecord[] = [];
    let findings: readonly Problem[] = [];
    const onFindings = (found: readonly Problem[]): void => void (findings = found);
    for await (const record of replaySession(await readTraceFile(trace), session, { onFindings })) records.push(record);
    return { records, findings, healthy: isHealthy() };
  } finally {
    await close();
  }
}

/** Without what differs between runs, and without the function of a call that was stopped, which only a session in a thread finds out. */
function withoutTimes(value: unknown): unknown {
  const varying = new Set(['durationMs', 'atMs', 'stack']);
  return JSON.parse(JSON.stringify(value, (key, each: unknown) => (varying.has(key) ? undefined : each)));
}

describe('a session in a thread', () => {
  test('gives the records of the sample as one guard a thread does', async () => {
    proves('own:session-thread');
    const sample = (name: string): string => repoPath(`media/samples/files-and-memory/${name}`);
    const policy = parsePolicyText(readFileSync(sample('policy.json'), 'utf8'), 'policy.json').value;
    const trace = sample('trace.guardtrace.jsonl');
    const { servers } = await readTraceFile(trace);
    const toOpen = servers.map((server): ServerToOpen => {
      return {
        server,
        rules: { policy: policy?.payload },
        guardPath: sample('guard.wasm'),
        policy,
        guardName: 'guard',
      };
    });
    const replayed = await inThread(trace, toOpen);
    const expected = await inThreads(trace, toOpen);
    expect(replayed?.records.length).toBeGreaterThan(20);
    expect(withoutTimes(replayed?.records)).toEqual(withoutTimes(expected.records));
    expect(replayed?.findings).toEqual(expected.findings);
    expect(replayed?.digests.map(({ row }) => [row.index, row.status])).toEqual(
      expected.records.map(({ index, outcome }) => [index, outcome]),
    );
  });

  test('with a guard that hangs gives every record once, and the other guards go on', async () => {
    proves('own:session-hangs');
    const names = ['a', 'b', 'c', 'd', 'e'];
    const trace = logOf(names, 5);
    const deadlineMs = patiently(2_000);
    const hanging = fairGuard(fromThirdCall(`${sayStillHere} ${forever}`));
    const servers = names.map((name) => serverOf(name, name === 'b' ? hanging : fairGuard(), deadlineMs));
    const replayed = await inThread(trace, servers);
    const expected = await inThreads(trace, servers);
    expect(replayed?.records.map(({ index }) => index)).toEqual(Array.from({ length: 25 }, (_, at) => at));
    expect(withoutTimes(replayed?.records)).toEqual(withoutTimes(expected.records));
    expect(replayed?.healthy).toBe(false);
    const hung = replayed?.records[11]?.guardCalls[0];
    expect(hung).toMatchObject({
      error: 'WASM function call failed: module closed with context deadline exceeded',
      log: [{ level: 1, message: 'still here' }],
      poisoned: true,
    });
    expect(hung?.stack?.frames.map(({ function: name }) => name)).toEqual(['label_resource']);
    expect(replayed?.records.filter(({ guardCalls }) => guardCalls.some(({ stack }) => stack !== undefined))).toEqual([
      replayed?.records[11],
    ]);
    expect(hung?.durationMs).toBeGreaterThan(0);
    expect(replayed?.records.filter(({ server }) => server !== 'b').every(({ outcome }) => outcome === 'allowed')).toBe(
      true,
    );
  });

  test('with two guards that hang, one of them while it loads, decides the calls of the others', async () => {
    const trace = logOf(['a', 'b', 'c'], 4);
    const deadlineMs = patiently(2_000);
    const starting = fairGuard('', `(func $begin ${forever}) (start $begin)`);
    const servers = [
      serverOf('a', starting, deadlineMs),
      serverOf('b', fairGuard(fromThirdCall(forever)), deadlineMs),
      serverOf('c', fairGuard(), deadlineMs),
    ];
    const replayed = await inThread(trace, servers);
    const expected = await inThreads(trace, servers);
    expect(withoutTimes(replayed?.records)).toEqual(withoutTimes(expected.records));
    expect(replayed?.records.map(({ server }) => server)).toEqual(Array.from({ length: 8 }, (_, at) => 'bc'[at % 2]));
  });

  test.each([
    ['in a function below it', '(call $spin)', ['spin', 'label_resource']],
    ['in rounds that are too long to count', '(call $slow)', undefined],
  ])('names the function of a call that overran %s', async (_, instead, names) => {
    const rest = `(func $spin (loop $l (br $l)))
      (func $slow (loop $l (memory.fill (i32.const 32768) (i32.const 0) (i32.const 32768)) (br $l)))
      (export "spin" (func $spin))`;
    const trace = logOf(['a'], 4);
    const servers = [serverOf('a', fairGuard(fromThirdCall(instead), rest), patiently(1_000))];
    const hung = (await inThread(trace, servers))?.records[2]?.guardCalls[0];
    expect(hung?.error).toBe('WASM function call failed: module closed with context deadline exceeded');
    expect(hung?.stack?.frames.map(({ function: name }) => name)).toEqual(names);
  });

  test('whose thread dies in a guard call goes on without that guard', async () => {
    proves('own:session-hangs');
    const trace = logOf(['a', 'b'], 4);
    const deadly = '(global (export "deadly") i32 (i32.const 1))';
    const servers = [serverOf('a', fairGuard()), serverOf('b', fairGuard('', deadly))];
    const worker = written(
      `const { Instance } = WebAssembly;
       WebAssembly.Instance = function (module, imports) {
         const instance = new Instance(module, imports);
         if (instance.exports.deadly === undefined) return instance;
         let calls = 0;
         const label_resource = (...args) => {
           if (++calls === 2) process.exit(7);
           return instance.exports.label_resource(...args);
         };
         return { exports: { ...instance.exports, label_resource } };
       };
       require(${JSON.stringify(workerFile)});`,
      '.cjs',
    );
    const replayed = await inThread(trace, servers, { worker });
    expect(replayed?.records.map(({ index, outcome }) => [index, outcome])).toEqual(
      Array.from({ length: 8 }, (_, at) => [at, at % 2 === 1 && at > 2 ? 'error' : 'allowed']),
    );
    expect(replayed?.records[3]?.guardCalls[0]?.error).toBe(
      "the guard's worker thread ended unexpectedly: exit code 7",
    );
  });

  test('that is cancelled during a guard call ends without a record of this call', async () => {
    const abort = new AbortController();
    const trace = logOf(['a'], 5);
    const onLoaded = (): void => void setTimeout(() => abort.abort(), patiently(200));
    expect(
      await inThread(trace, [serverOf('a', fairGuard(fromThirdCall(forever)))], { signal: abort.signal, onLoaded }),
    ).toBeNull();
  });

  test('has built-in guards beside modules', async () => {
    const trace = logOf(['a', 'b'], 3);
    const servers = [serverOf('a', fairGuard()), serverOf('b', 'noop')];
    const replayed = await inThread(trace, servers);
    expect(withoutTimes(replayed?.records)).toEqual(withoutTimes((await inThreads(trace, servers)).records));
  });
});
