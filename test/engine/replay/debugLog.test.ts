/** The gateway's debug log of a session, generated from the guard calls of a replay, leads to the same decisions. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeGoJson } from '../../../src/core/go/goJson.ts';
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { readTraceFile } from '../../../src/engine/traceFiles/traceFile.ts';
import { loadWasmGuard } from '../../../src/engine/guard/loadGuard.ts';
import { replayTrace } from '../../../src/engine/replay/replayTrace.ts';
import { CompileCache } from '../../../src/engine/runtime/host/compileCache.ts';
import { repoPath, workerFile } from '../../support/paths.ts';

const sample = repoPath('media/samples/files-and-memory');
const policy = JSON.parse(readFileSync(join(sample, 'policy.json'), 'utf8')) as JsonValue;
const cache = new CompileCache();
let folder = '';
let tapped: readonly DecisionRecord[] = [];
let log = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guardscope-test-'));
  tapped = await replay(join(sample, 'trace.guardtrace.jsonl'));
  log = tapped.flatMap(({ guardCalls }) => guardCalls.map(debugLines)).join('');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A guard call as the gateway writes it to stderr. */
function debugLines({ function: name, input, log: messages }: DecisionRecord['guardCalls'][number]): string {
  const size = Buffer.byteLength(input);
  const levels = ['DEBUG: ', 'INFO: ', 'WARN: ', 'ERROR: '];
  return [
    `${name} input JSON (${size} bytes): ${input}`,
    `callWasmFunction: guard=files, func=${name}, inputSize=${size}`,
    ...messages.map(({ level, message }) => `[guard:files] ${levels[level] ?? ''}${message}`),
  ]
    .map((message) => `guard:wasm ${message} +1ms\nserver:unified something else +1ms\n`)
    .join('');
}

async function replay(path: string): Promise<readonly DecisionRecord[]> {
  const loaded = await loadWasmGuard(readFileSync(join(sample, 'guard.wasm')), { workerFile, cache, name: 'files' });
  if (!loaded.ok) throw new Error(loaded.error);
  const records: DecisionRecord[] = [];
  try {
    const trace = await readTraceFile(path);
    for await (const record of replayTrace(trace, { guard: loaded.guard, policy, server: 'files' }))
      records.push(record);
  } finally {
    await loaded.guard.close();
  }
  return records;
}

/** Inputs of the guard and the decision. */
function account({ tool, args, outcome, resource, items, guardCalls }: DecisionRecord): string {
  const inputs = guardCalls.map(({ function: name, input }) => `${name} ${input}`);
  return [tool, encodeGoJson(args), outcome, resource?.description, items?.length ?? '', ...inputs].join(' | ');
}

test('the debug log alone gives the same decision for every labelled call, and a warning for each missing result', async () => {
  const path = join(folder, 'session.stderr.log');
  writeFileSync(path, log);
  const trace = await readTraceFile(path);
  expect(trace).toMatchObject({ format: 'gateway-debug', servers: ['files'] });
  expect(trace.policies).toHaveLength(1);
  const logged = await replay(path);
  expect(logged).toHaveLength(tapped.length);
  const labelled = tapped.map(({ guardCalls }) => guardCalls.some(({ function: name }) => name === 'label_response'));
  expect(labelled.filter(Boolean).length).toBeGreaterThan(10);
  for (const [index, record] of tapped.entries()) {
    const found = logged[index];
    if (found === undefined) throw new Error('a call is missing');
    expect([found.tool, encodeGoJson(found.args)]).toEqual([record.tool, encodeGoJson(record.args)]);
    const asked = found.guardCalls.flatMap(({ backendCalls }) => backendCalls);
    if (labelled[index] === true && asked.length === 0) expect(account(found)).toBe(account(record));
    if (found.endedIn === 3) expect(found.problems.map(({ code }) => code)).toContain('replay/no-recorded-answer');
  }
});

test('a debug log beside the redacted log of the gateway recovers the exact inputs of the guard', async () => {
  const path = join(folder, 'gateway-log');
  cpSync(join(sample, 'gateway-log'), path, { recursive: true });
  const file = join(path, 'rpc-messages.jsonl');
  // File names in requests and answers are replaced as the sanitiser replaces secrets.
  const word = /[a-z]+\.(?:md|txt|json|csv)/g;
  const redacted = readFileSync(file, 'utf8').replaceAll(word, '[REDACTED]');
  writeFileSync(file, redacted);
  const before = await readTraceFile(path);
  writeFileSync(join(path, 'gateway.stderr.log'), log);
  const after = await readTraceFile(path);
  const count = (calls: readonly { readonly redacted: boolean; readonly server: string }[]): number =>
    calls.filter(({ redacted: is, server }) => is && server === 'files').length;
  expect(count(before.calls)).toBeGreaterThan(count(after.calls));
  const results = new Set(log.match(/"tool_result":.*(?=\} \+1ms$)/gm));
  const recovered = after.calls.filter((call) => typeof call.recovered?.answerLine === 'number');
  expect(recovered.length).toBeGreaterThan(0);
  for (const { answer } of recovered)
    expect(results).toContain(`"tool_result":${encodeGoJson(answer?.result ?? null)}`);
  expect(after.problems.find(({ code }) => code === 'trace/recovered')?.message).toContain('gateway.stderr.log');
});
