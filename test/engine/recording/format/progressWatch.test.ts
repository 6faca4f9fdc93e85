/** When a process that says nothing counts as stuck, and when it only lacks a processor. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { ProgressWatch } from '../../../../src/engine/recording/format/processIdentity.ts';
import { proves } from '../../../support/proves.ts';
import { sleep } from '../../tap/tapped.ts';

it('a process that works counts as progress, and a stopped one does not', async ({ onTestFinished }) => {
  proves('own:capture-is-waited-for');
  const busy = spawn(process.execPath, ['-e', "require('fs').writeSync(1, 'ready'); for (;;);"]);
  onTestFinished(() => void busy.kill('SIGKILL'));
  await once(busy.stdout, 'data');
  const watch = new ProgressWatch(Number(busy.pid));
  for (let at = 0; at < 10; at++) {
    await sleep(30);
    expect(watch.look('')).toBe(0);
  }
  busy.kill('SIGSTOP');
  await sleep(100);
  const before = watch.look('');
  for (let at = 1; at <= 10; at++) expect(watch.look('')).toBe(before + at);
});

it('a change of the own sign counts as progress, also where nothing is known of the process', () => {
  const watch = new ProgressWatch(2 ** 22 + 1);
  expect(['a', 'a', 'a', 'b', 'b'].map((sign) => watch.look(sign))).toEqual([0, 1, 2, 0, 1]);
});
