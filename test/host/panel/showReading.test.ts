/** The progress of reading a trace: what it says, for which sizes, and what reading gives. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeEach, expect, it, vi } from 'vitest';
import { TraceDocument } from '../../../src/host/base/traceDocument.ts';
import { showReading } from '../../../src/host/panel/showReading.ts';
import { fake, resetVscode } from '../../support/vscode/api.ts';
import { fakeServices, fileUri } from '../../support/vscode/hostServices.ts';
import { closeEngine, hostEngine, SampleWorkspace } from '../../support/vscode/hostTraces.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

beforeEach(resetVscode);
afterAll(closeEngine);

const mebibyte = 1024 * 1024;

it('says once for each percent how much of a large trace is read, and gives the result', async () => {
  const result = await showReading('big.guardtrace.jsonl', async (onRead) => {
    for (let bytes = 1; bytes <= 64; bytes++) onRead((bytes * mebibyte) / 2, 64 * mebibyte);
    onRead(32 * mebibyte + 1, 64 * mebibyte);
    return 'read';
  });
  expect(result).toBe('read');
  expect(fake.progress).toHaveLength(50);
  expect([fake.progress[0], fake.progress.at(-1)]).toEqual(['1% of 67.1 MB', '50% of 67.1 MB']);
});

it('says nothing about a small trace, and passes a failure on', async () => {
  const reading = showReading('small.guardtrace.jsonl', async (onRead) => {
    onRead(mebibyte, 2 * mebibyte);
    throw new Error('no disk');
  });
  await expect(reading).rejects.toThrow('no disk');
  expect(fake.progress).toEqual([]);
});

it('is told the bytes of the file while a document is opened', async () => {
  const { services } = fakeServices();
  const workspace = new SampleWorkspace(services);
  fake.settings.set('guardscope.replayOnOpen', false);
  const line = `${JSON.stringify({ t: 1, dir: 'client', msg: { jsonrpc: '2.0', method: 'x', params: { text: 'x'.repeat(mebibyte) } } })}\n`;
  writeFileSync(workspace.trace, line.repeat(3), { flag: 'a' });
  const told: (readonly [number, number])[] = [];
  const reading = {
    signal: new AbortController().signal,
    onRead: (bytes: number, size: number) => void told.push([bytes, size]),
  };
  const { workspaceState } = services.context;
  const document = await TraceDocument.open(
    fileUri(workspace.trace),
    hostEngine,
    workspaceState,
    () => undefined,
    reading,
  );
  const [last] = told.slice(-1);
  expect(told.length).toBeGreaterThan(1);
  expect(last?.[0]).toBe(last?.[1]);
  expect(last?.[1]).toBeGreaterThan(3 * mebibyte);
  document.dispose();
  workspace.close();
});
