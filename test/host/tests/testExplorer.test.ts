/** Guard tests in the Test Explorer: items, runs, messages at their places, continuous runs, and accepting. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CompileCache } from '../../../src/engine/runtime/host/compileCache.ts';
import { testExplorer } from '../../../src/host/tests/testExplorer.ts';
import { patiently } from '../../support/patience.ts';
import { workerFile } from '../../support/paths.ts';
import { proves } from '../../support/proves.ts';
import { samplePath } from '../../support/samples.ts';
import { fake, fakeDocument, fire, resetVscode, runCommand } from '../../support/vscode/api.ts';
import { fakeServices, type FakeServices } from '../../support/vscode/hostServices.ts';
import {
  type FakeTestController,
  type FakeTestItem,
  type FakeTestRun,
  FakeToken,
  shownPlace,
} from '../../support/vscode/testing.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

const root = mkdtempSync(join(tmpdir(), 'guardscope-explorer-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const cache = new CompileCache();

/** For what happens in the background, also on a busy machine. */
const limits = { timeout: patiently(30_000), interval: 50 };

let folder = '';
let round = 0;
let host: FakeServices;
let feature: { dispose(): unknown };
let controller: FakeTestController;

const names = [
  'guard.wasm',
  'guard.wasm.json',
  'policy.json',
  'policy-public.json',
  'policy-mail.json',
  'trace.guardtrace.jsonl',
];

beforeEach(async () => {
  resetVscode();
  folder = join(root, String(++round));
  for (const name of [...names, 'files.guardtest.json', 'policies.guardtest.json']) {
    cpSync(samplePath('files-and-memory', name), join(folder, name));
  }
  fake.folders.push(folder);
  fake.files.push(at('files.guardtest.json'), at('policies.guardtest.json'));
  host = fakeServices();
  feature = testExplorer({ ...host.services, engine: { workerFile, cache } });
  const found = fake.controllers.get('guardscope.tests');
  if (found === undefined) throw new Error('the feature makes a controller');
  controller = found;
  await controller.refreshHandler?.();
});
afterEach(() => feature.dispose());

const at = (name: string): string => join(folder, name);
const edit = (name: string, from: string, to: string): void => {
  const text = readFileSync(at(name), 'utf8');
  expect(text).toContain(from);
  writeFileSync(at(name), text.replace(from, to));
};
const item = (...labels: readonly string[]): FakeTestItem => {
  let found: FakeTestItem | undefined;
  for (const label of labels) {
    const [, next] = [...(found?.children ?? controller.items)].find(([, each]) => each.label === label) ?? [];
    if (next === undefined) throw new Error(`there is no item ${labels.join(' > ')}`);
    found = next;
  }
  if (found === undefined) throw new Error('an item is named');
  return found;
};
const lastRun = (): FakeTestRun => {
  const run = controller.runs.at(-1);
  if (run === undefined) throw new Error('there is a run');
  expect(run.ended).toBe(true);
  return run;
};
const diagnostics = (name: string): readonly string[] =>
  (fake.diagnostics.get('guardscope.guardTest')?.get(at(name)) ?? []).map(
    ({ code, range }) => `${JSON.stringify(code).replaceAll('"', '')} ${shownPlace(range.start)}`,
  );

describe('the items', () => {
  it('are files, combinations and calls, each at its place', () => {
    expect([...controller.items].map(([, { label }]) => label)).toEqual(['files', 'policies']);
    expect(item('files').children.size).toBe(32);
    const call = item('files', '29 write_file');
    expect(call.description).toBe('denied');
    const line = readFileSync(at('files.guardtest.json'), 'utf8')
      .split('\n')
      .findIndex((each) => each.includes('"call": 29,'));
    // The object begins in the line before.
    expect(call.range?.start.line).toBe(line - 1);
    expect([...item('policies').children].map(([, { label }]) => label)).toEqual([
      'policy.json',
      'policy-public.json',
      'policy-mail.json',
    ]);
    expect(item('policies', 'policy-mail.json').children.size).toBe(6);
  });

  it('follow their files', async () => {
    edit('files.guardtest.json', '"schema"', '"shema"');
    fire.changeFile(at('files.guardtest.json'));
    await vi.waitFor(() => expect(item('files').error).toContain('"shema" is not a member'), limits);
    expect(item('files').children.size).toBe(0);
    expect(diagnostics('files.guardtest.json')[0]).toBe('guardtest/bad-member 2:3');
    fake.files.splice(0, 1);
    rmSync(at('files.guardtest.json'));
    await controller.refreshHandler?.();
    expect([...controller.items].map(([, { label }]) => label)).toEqual(['policies']);
    expect(diagnostics('files.guardtest.json')).toEqual([]);
  });

  it('say in the open test that its trace was captured anew, or is gone', async () => {
    proves('own:guard-test-problems');
    expect(diagnostics('files.guardtest.json')).toEqual([]);
    writeFileSync(at('trace.guardtrace.jsonl'), `${readFileSync(at('trace.guardtrace.jsonl'), 'utf8')}{}\n`);
    const document = fakeDocument(at('files.guardtest.json'), readFileSync(at('files.guardtest.json'), 'utf8'));
    fake.documents.push(document);
    fire.openDocument(document);
    await vi.waitFor(
      () => expect(diagnostics('files.guardtest.json')).toEqual(['guardtest/trace-changed 6:16']),
      limits,
    );
    rmSync(at('trace.guardtrace.jsonl'));
    fire.openDocument(document);
    await vi.waitFor(() => expect(diagnostics('files.guardtest.json')).toEqual(['guardtest/no-trace 3:12']), limits);
    expect(item('files').error).toContain('is not there');
  });
});

describe('a run', () => {
  it('passes every call that is decided as accepted', async () => {
    proves('own:guard-tests-explorer');
    await controller.run();
    const { states, output } = lastRun();
    expect([...states].filter(([path, { state }]) => state !== 'passed' && path !== 'policies')).toEqual([]);
    // Both files, three combinations and all their calls; a file of several combinations has only their states.
    expect([...states.keys()].filter((path) => path.split(' > ').length === 2)).toHaveLength(32 + 3);
    expect(output).toContain('files: All 32 calls are decided as before\r\n');
  });

  it('fails a call with what was expected, at its place in the test', async () => {
    edit('files.guardtest.json', '"policy.json"', '"policy-public.json"');
    await controller.run([item('files')]);
    const { states } = lastRun();
    expect(states.get('files')?.state).toBe('failed');
    expect(states.get('files > 3 read_text_file')?.state).toBe('passed');
    const failed = states.get('files > 29 write_file');
    expect(failed?.state).toBe('failed');
    const [message] = failed?.messages ?? [];
    expect(message?.message).toMatch(
      /^Call 29, write_file is not decided as accepted\noutcome was denied, is allowed\n/,
    );
    expect(message?.expectedOutput).toContain('"outcome": "denied"');
    expect(message?.actualOutput).toContain('"outcome": "allowed"');
    expect(message?.contextValue).toBe('guardscope.call');
    const lines = readFileSync(at('files.guardtest.json'), 'utf8').split('\n');
    expect(lines[message?.location?.range.start.line ?? 0]).toBe('      "outcome": "denied",');
    expect([...states.keys()].some((path) => path.startsWith('policies'))).toBe(false);
  });

  it('of a test that cannot be run says why, at the member that is wrong', async () => {
    edit('policies.guardtest.json', '"policy-mail.json"', '"none.json"');
    edit('policies.guardtest.json', '"policy": "policy-mail.json"', '"policy": "none.json"');
    await controller.run([item('policies')]);
    const { states } = lastRun();
    expect(states.get('policies > policy.json')?.state).toBe('passed');
    const errored = states.get('policies > none.json');
    expect(errored?.state).toBe('errored');
    expect(errored?.messages[0]?.message).toContain('Cannot read the policy');
    const place = errored?.messages[0]?.location?.range.start;
    expect(place === undefined ? '' : shownPlace(place)).toBe('5:53');
  });

  it('of a call that is not accepted, or of a test without decisions, fails the test', async () => {
    const text = readFileSync(at('files.guardtest.json'), 'utf8');
    writeFileSync(at('files.guardtest.json'), `${text.slice(0, text.indexOf(',\n  "accepted"'))}\n}\n`);
    await controller.run([item('files')]);
    expect(lastRun().states.get('files')?.messages[0]?.message).toContain('No decisions are accepted yet');
    writeFileSync(at('files.guardtest.json'), text.replace(/ {4}\{\n {6}"call": 1,[^]*?\n {4}\},\n/, ''));
    await controller.run([item('files')]);
    expect(lastRun().states.get('files')?.messages[0]?.message).toBe(
      'Call 1, list_allowed_directories is decided, and is not accepted',
    );
  });

  it('needs a trusted workspace', async () => {
    fake.trusted = false;
    await controller.run();
    expect(controller.runs).toEqual([]);
    expect(fake.messages[0]?.text).toContain('"Guard tests" is off because this workspace is not trusted');
  });

  it('that is continuous runs a test again when a file changes that it rests on, until it is cancelled', async () => {
    proves('own:guard-tests-explorer');
    expect(controller.isContinuous).toBe(true);
    const token = new FakeToken();
    const running = controller.run([item('files')], token, true);
    await vi.waitFor(() => expect(controller.runs.at(-1)?.ended).toBe(true), limits);
    expect(lastRun().states.get('files')?.state).toBe('passed');
    cpSync(at('policy-public.json'), at('policy.json'));
    await vi.waitFor(() => {
      expect(controller.runs.length).toBeGreaterThan(1);
      expect(controller.runs.at(-1)?.ended).toBe(true);
    }, limits);
    expect(lastRun().states.get('files')?.state).toBe('failed');
    token.cancel();
    await running;
  });
});

describe('accepting', () => {
  const failures = (): readonly string[] =>
    [...lastRun().states].filter(([, { state }]) => state === 'failed').map(([path]) => path.replace(/^files > /, ''));

  beforeEach(async () => {
    edit('files.guardtest.json', '"policy.json"', '"policy-public.json"');
    await controller.run([item('files')]);
    expect(failures()).toHaveLength(1 + 18);
  });

  it('accepts the call of a message or an item, and runs the test again', async () => {
    proves('own:guard-test-accept');
    await runCommand('guardscope.acceptDecisions', { test: item('files', '23 edit_file'), message: {} });
    expect(failures()).toHaveLength(1 + 17);
    expect(failures()).not.toContain('23 edit_file');
    await runCommand('guardscope.acceptDecisions', item('files', '24 edit_file'));
    expect(failures()).toHaveLength(1 + 16);
  });

  it('accepts everything of a test', async () => {
    await runCommand('guardscope.acceptDecisions', item('files'));
    expect(failures()).toEqual([]);
    await runCommand('guardscope.acceptDecisions', item('files'));
    expect(fake.messages.at(-1)?.text).toContain('There is nothing to accept');
  });

  it('accepts one field of a call', async () => {
    fake.pick = (labels) => labels.find((label) => label === 'outcome');
    await runCommand('guardscope.acceptField', item('files', '23 edit_file'));
    expect(fake.picks.at(-1)).toEqual({
      placeHolder: 'Select the part of call 23 to accept',
      labels: ['outcome', 'items', 'error', 'resource'],
    });
    expect(failures()).toContain('23 edit_file');
    expect(lastRun().states.get('files > 23 edit_file')?.messages[0]?.message).not.toContain('outcome');
    await runCommand('guardscope.acceptField', item('files'));
    expect(fake.messages.at(-1)?.text).toContain('Select a call of the test');
    await runCommand('guardscope.acceptField', item('files', '3 read_text_file'));
    expect(fake.messages.at(-1)?.text).toContain('Call 3 is decided as accepted');
  });

  it('writes nothing over changes of an editor or of another program', async () => {
    const document = { ...fakeDocument(at('files.guardtest.json'), '{}'), isDirty: true };
    fake.documents.push(document);
    await runCommand('guardscope.acceptDecisions', item('files'));
    expect(fake.messages.at(-1)?.text).toContain('has changes that are not saved');
    fake.documents.pop();
    edit('files.guardtest.json', '"mode": "filter"', '"mode": "strict"');
    await runCommand('guardscope.acceptDecisions', item('files'));
    expect(fake.messages.at(-1)?.text).toContain('has changed since it was run');
    expect(host.logged.at(-1)).toContain('guardtest/changed');
  });
});
