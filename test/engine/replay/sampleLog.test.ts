/** One session as a capture of a tap and as the gateway's log: replays with the same real guard make the same decisions. */
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
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardscope-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

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

/** The decisions, call by call, without the values that the log redacts. */
function account(records: readonly DecisionRecord[]): readonly string[] {
  return records.map(({ tool, args, outcome, operation, resource, items }) => {
    const itemList = items?.map(({ description, allowed }) => `${description}${allowed ? '' : ' withheld'}`).join(', ');
    return [tool, encodeGoJson(args), outcome, operation, resource?.description, itemList ?? ''].join(' | ');
  });
}

test('the log with its text log gives all decisions of the capture, refused calls included', async () => {
  const tapped = account(await replay(join(sample, 'trace.guardtrace.jsonl')));
  const logged = await replay(join(sample, 'gateway-log'));
  expect(tapped.length).toBeGreaterThan(20);
  expect(account(logged)).toEqual(tapped);
  const problems = logged.flatMap((record) => record.problems.map(({ code }) => code));
  expect(problems).not.toContain('replay/differs-from-recording');
  expect(problems).not.toContain('replay/guard-call-not-recorded');
});

test('without text log and labels, the replay itself finds the guard’s look-ups', async () => {
  const withLabels = join(folder, 'labels');
  const bare = join(folder, 'bare');
  for (const copy of [withLabels, bare]) {
    cpSync(join(sample, 'gateway-log'), copy, { recursive: true });
    rmSync(join(copy, 'mcp-gateway.log'));
  }
  const file = join(bare, 'rpc-messages.jsonl');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/"agent_(?:secrecy|integrity)":\[[^\]]*\],/g, ''));
  const expected = account(await replay(withLabels));
  const found = await replay(bare);
  expect(account(found)).toEqual(expected);
  expect(found.flatMap((record) => record.problems).some(({ code }) => code === 'replay/reclassified')).toBe(true);
});
