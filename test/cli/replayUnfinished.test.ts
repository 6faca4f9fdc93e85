/** Replaying a capture that is being written, or whose end is missing, without `--follow`. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { liveFileOf } from '../../src/engine/recording/format/liveFile.ts';
import { childrenOf, commandOf, isRunning } from '../support/processes/processes.ts';
import { proves } from '../support/proves.ts';
import { samplePath } from '../support/samples.ts';
import { eventually, scratchFolder, start, tapped } from '../engine/tap/tapped.ts';
import { guardscope } from './run.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

const sample = (name: string): string => samplePath('files-and-memory', name);
const replayed = (capture: string) =>
  guardscope(['replay', capture, '--guard', sample('guard.wasm'), '--policy', sample('policy.json')]);

const call = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't', arguments: {} } })}\n`;

it('says that the capture is being written, with the next step, and later that its end is missing', async () => {
  proves('own:missing-end-is-reported');
  const capture = scratch.path('s.guardtrace.jsonl');
  const running = start(tapped(capture, ['cat']));
  running.child.stdin.write(call);
  await running.firstLine;
  const isCaptured = (): boolean => existsSync(capture) && readFileSync(capture, 'utf8').includes('"dir":"server"');
  expect(await eventually(isCaptured)).toBe(true);
  const during = await replayed(capture);
  expect(during.stderr).toContain('The capture is being written');
  expect(during.stderr).toContain('Replay it with --follow');
  expect(during.stderr).not.toContain('no end mark');

  const recorder = childrenOf(Number(running.child.pid)).find((pid) => commandOf(pid).includes('tapRecorder')) ?? 0;
  process.kill(recorder, 'SIGKILL');
  expect(await eventually(() => !isRunning(recorder))).toBe(true);
  running.child.stdin.end();
  expect((await running.seen).code).toBe(2);
  expect(existsSync(liveFileOf(capture))).toBe(true);
  const after = await replayed(capture);
  expect(after.stderr).toContain('The capture has no end mark');
  expect(after.stderr).not.toContain('being written');

  appendFileSync(capture, '{"t":9,"event":"exit","code":0,"signal":null}\n');
  expect((await replayed(capture)).stderr).not.toContain('no end mark');
});
