/** Files that are watched by their content: saved, written in steps, replaced, behind links, missing at first, and not changed at all. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ContentWatch } from '../../../src/engine/watch/contentWatch.ts';
import { patiently } from '../../support/patience.ts';
import { proves } from '../../support/proves.ts';

let folder = '';
let watch: ContentWatch;
let changes: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'content-watch-'));
  changes = [];
  watch = new ContentWatch((path) => void changes.push(path.slice(folder.length + 1)), { pollMs: 50, restMs: 30 });
});
afterEach(() => {
  watch.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Writes a file and watches it. */
async function watched(name: string, content = 'one'): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, content);
  watch.watch([path]);
  await sleep(200);
  return path;
}

const reported = (expected: readonly string[]): Promise<void> =>
  expect.poll(() => changes, { timeout: patiently(10_000) }).toEqual(expected);

describe('a watched file', () => {
  test('is reported when its content is another one, once for each', async () => {
    proves('own:watch');
    const path = await watched('guard.wasm');
    writeFileSync(path, 'two');
    await reported(['guard.wasm']);
    writeFileSync(path, 'three');
    await reported(['guard.wasm', 'guard.wasm']);
  });

  test('is not reported when it is only touched, or saved as it was', async () => {
    proves('own:watch');
    const path = await watched('guard.wasm');
    utimesSync(path, 1, 1);
    await sleep(300);
    writeFileSync(path, 'one');
    await sleep(300);
    expect(changes).toEqual([]);
  });

  test('is reported once when it is written in steps', async () => {
    const path = await watched('policy.json');
    writeFileSync(path, '');
    for (let step = 1; step < 6; step++) writeFileSync(path, 'x'.repeat(step));
    await reported(['policy.json']);
    await sleep(300);
    expect(changes).toEqual(['policy.json']);
  });

  test('is reported when another file takes its place, also from a folder that was removed meanwhile', async () => {
    proves('own:watch');
    mkdirSync(join(folder, 'target'));
    const path = await watched('target/guard.wasm');
    writeFileSync(join(folder, 'draft'), 'two');
    renameSync(join(folder, 'draft'), path);
    await reported(['target/guard.wasm']);
    rmSync(join(folder, 'target'), { recursive: true });
    await sleep(150);
    expect(changes).toHaveLength(1);
    mkdirSync(join(folder, 'target'));
    writeFileSync(path, 'three');
    await reported(['target/guard.wasm', 'target/guard.wasm']);
  });

  test('behind a link is reported when the content behind it changes, and when the link leads elsewhere', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere', 'one'), 'one');
    writeFileSync(join(folder, 'elsewhere', 'two'), 'two');
    const link = join(folder, 'guard.wasm');
    symlinkSync(join(folder, 'elsewhere', 'one'), link);
    watch.watch([link]);
    await sleep(200);
    writeFileSync(join(folder, 'elsewhere', 'one'), 'changed');
    await reported(['guard.wasm']);
    symlinkSync(join(folder, 'elsewhere', 'two'), join(folder, 'new'));
    renameSync(join(folder, 'new'), link);
    await reported(['guard.wasm', 'guard.wasm']);
  });

  test('that is missing at first is reported when it comes', async () => {
    const path = join(folder, 'later.wasm');
    watch.watch([path]);
    await sleep(200);
    writeFileSync(path, 'one');
    await reported(['later.wasm']);
  });

  test('that changes before it is read for the first time is reported', async () => {
    proves('own:watch');
    const path = join(folder, 'policy.json');
    writeFileSync(path, 'one');
    watch.watch([path]);
    writeFileSync(path, 'two!');
    await reported(['policy.json']);
    await sleep(300);
    expect(changes).toEqual(['policy.json']);
  });

  test('is no longer reported when others are watched, or nothing is', async () => {
    const path = await watched('one.wasm');
    const other = join(folder, 'two.wasm');
    writeFileSync(other, 'one');
    watch.watch([other]);
    await sleep(200);
    writeFileSync(path, 'two');
    writeFileSync(other, 'two');
    await reported(['two.wasm']);
    watch.dispose();
    writeFileSync(other, 'three');
    await sleep(300);
    expect(changes).toEqual(['two.wasm']);
  });
});
