/** The buttons and links of the panel: what opens, what is asked, and what the trace is replayed with afterwards. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Problem } from '../../../src/core/base/parsed.ts';
import { noFilter } from '../../../src/core/protocol/rows.ts';
import { textDocuments } from '../../../src/host/base/textDocuments.ts';
import type { TraceDocument } from '../../../src/host/base/traceDocument.ts';
import { chooseCommands } from '../../../src/host/commands/choose.ts';
import { replayCommands } from '../../../src/host/commands/replay.ts';
import { compareCommand } from '../../../src/host/panel/compareCommand.ts';
import { guardCommands } from '../../../src/host/trees/guardCommands.ts';
import { fakeServices, type FakeServices, fileUri } from '../../support/vscode/hostServices.ts';
import { closeEngine, type FakePanel, openPanel, SampleWorkspace } from '../../support/vscode/hostTraces.ts';
import { patiently } from '../../support/patience.ts';
import { repoPath } from '../../support/paths.ts';
import { fake, resetVscode, runCommand, Uri, ViewColumn } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let host: FakeServices;
let workspace: SampleWorkspace;
let document: TraceDocument;
let panel: FakePanel;

beforeEach(async () => {
  resetVscode();
  host = fakeServices({ extension: repoPath('.').replace(/\/$/, '') });
  workspace = new SampleWorkspace(host.services);
  fake.settings.set('guardscope.replayOnOpen', false);
  for (const feature of [textDocuments, guardCommands, chooseCommands, compareCommand, replayCommands])
    feature(host.services);
  document = await workspace.open();
  panel = openPanel(host.services, document);
});
afterEach(() => {
  panel.close();
  workspace.close();
});
afterAll(closeEngine);

const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: patiently(20_000), interval: 20 });

async function replayed(): Promise<void> {
  await eventually(() => expect(document.session.run.status).toBe('done'));
}

/** The tab that was opened last: its path, and the position of the cursor as `line:character`. */
function openedTab(): unknown {
  const { uri, options } = fake.opened.at(-1) ?? {};
  const { selection, viewColumn } = (options ?? {}) as {
    readonly selection?: { readonly start: { readonly line: number; readonly character: number } };
    readonly viewColumn?: number;
  };
  const cursor = selection === undefined ? '' : `${selection.start.line}:${selection.start.character}`;
  return { path: uri?.path, cursor, beside: viewColumn === ViewColumn.Beside };
}

function openedText(): unknown {
  const uri = fake.opened.at(-1)?.uri;
  return uri === undefined ? undefined : fake.contentProviders.get(uri.scheme)?.provideTextDocumentContent(uri);
}

describe('the replay', () => {
  it('is started, and its progress is announced until it is done', async () => {
    await panel.click({ run: 'replay' });
    await replayed();
    await eventually(() => expect(panel.announced.at(-1)?.run).toMatchObject({ status: 'done', done: 32 }));
    expect((await panel.view.ask('detail', { index: 28 })).headline).toMatch(/^Denied before the backend was called: /);
  });

  it('is cancelled, and says so', async () => {
    await panel.click({ run: 'replay' });
    await panel.click({ run: 'cancel' });
    await eventually(() => expect(document.session.run.status).toBe('cancelled'));
    expect((await panel.view.ask('hello', {})).run).toMatchObject({ status: 'cancelled', message: expect.any(String) });
  });

  it('starts again with the mode that is chosen in the toolbar', async () => {
    await panel.click({ run: 'setMode', mode: 'propagate' });
    await replayed();
    const state = await panel.view.ask('hello', {});
    expect(state).toMatchObject({ mode: 'propagate', run: { status: 'done' } });
    expect(fake.updates.at(-1)).toMatchObject({
      id: 'guardscope.traces',
      value: { 'trace.guardtrace.jsonl': { mode: 'propagate' } },
    });
  });
});

describe('the inputs', () => {
  it('are chosen from the files of the workspace, and replay the trace', async () => {
    const other = workspace.copy('policy-public.json', 'other-policy.json');
    fake.files.push(workspace.policy, other);
    fake.pick = (labels) => labels.find((label) => label === 'other-policy.json');
    await panel.click({ run: 'choosePolicy' });
    expect(fake.picks.at(-1)).toEqual({
      placeHolder: 'Select the guard policy',
      labels: ['policy.json', 'other-policy.json', '$(folder-opened) Browse…'],
    });
    await replayed();
    expect((await panel.view.ask('hello', {})).policy).toMatchObject({ title: 'other-policy.json', status: 'ready' });
  });

  it('are chosen in a file dialog, too', async () => {
    const other = workspace.copy('guard.wasm', 'other.wasm');
    fake.pick = (labels) => labels.find((label) => label.includes('Browse'));
    fake.chooseFile = (title) => (title.startsWith('Select the guard') ? other : undefined);
    await panel.click({ run: 'chooseGuard' });
    await replayed();
    expect((await panel.view.ask('hello', {})).guard).toMatchObject({ title: 'other.wasm', status: 'ready' });
  });

  it('stay when the user cancels', async () => {
    await panel.click({ run: 'chooseGuard' });
    await panel.click({ run: 'choosePolicy' });
    expect(fake.picks).toHaveLength(2);
    expect(document.session.settings).toMatchObject({ guard: workspace.guard, policy: workspace.policy });
    expect(document.session.run.status).toBe('idle');
  });

  it('are opened: the policy as text beside the panel, the guard as a report', async () => {
    await panel.click({ run: 'openPolicy' });
    expect(openedTab()).toMatchObject({ path: workspace.policy, beside: true });
    await panel.click({ run: 'inspectGuard' });
    await eventually(() => expect(openedText()).toContain('label_resource'));
  });

  it('are not opened when none are chosen', async () => {
    panel.close();
    for (const file of [workspace.guard, workspace.policy]) rmSync(file);
    document = await workspace.open(workspace.copy('memory.guardtrace.jsonl', 'memory.guardtrace.jsonl'));
    panel = openPanel(host.services, document);
    await panel.click({ run: 'openPolicy' });
    await panel.click({ run: 'inspectGuard' });
    expect(fake.opened).toEqual([]);
    expect(fake.messages).toEqual([]);
  });
});

describe('the baseline', () => {
  const comparison = async () => (await panel.view.ask('hello', {})).comparison;
  async function decided(): Promise<void> {
    await panel.click({ run: 'replay' });
    await replayed();
  }

  it('is a run that is pinned until it is released', async () => {
    await decided();
    expect(await comparison()).toMatchObject({ label: '', pinned: false });
    await panel.click({ run: 'pinBaseline' });
    expect(await comparison()).toMatchObject({
      label: expect.stringMatching(/^the run of \d/) as string,
      pinned: true,
      kinds: {},
      uncompared: 0,
    });
    await panel.click({ run: 'unpinBaseline' });
    expect(await comparison()).toMatchObject({ pinned: false });
  });

  it('is what was recorded, and both decisions open side by side', async () => {
    panel.close();
    document = await workspace.open(workspace.copy('gateway-log/rpc-messages.jsonl', 'rpc-messages.jsonl'));
    panel = openPanel(host.services, document);
    await decided();
    fake.pick = (labels) => labels.find((label) => label === 'What was recorded');
    await panel.click({ run: 'compareWith' });
    expect(await comparison()).toMatchObject({ label: 'what was recorded', pinned: true });
    await panel.click({ run: 'openComparison', call: 1 });
    const [command, before, after, title] = fake.executed.at(-1) ?? [];
    expect([command, title]).toEqual(['vscode.diff', 'call 2 list_directory: what was recorded ↔ now']);
    const [then, now] = [before, after].map((uri) =>
      JSON.parse(String(fake.contentProviders.get((uri as Uri).scheme)?.provideTextDocumentContent(uri as Uri))),
    ) as readonly object[];
    expect(then).toMatchObject({ outcome: 'filtered', withheld: [expect.any(String)] });
    expect(now).toEqual(then);
  });

  it('is chosen by a command, too, which decides the calls first', async () => {
    fake.pick = (labels) => labels.find((label) => label === 'What was recorded');
    await runCommand('guardscope.compareWith');
    expect(fake.picks.at(-1)?.labels).toEqual([
      'This run',
      'What was recorded',
      'Another guard…',
      'Another policy…',
      'Another configuration…',
      'Mode "strict"',
      'Mode "filter"',
      'Mode "propagate"',
    ]);
    expect(await comparison()).toMatchObject({ label: 'what was recorded', pinned: true, kinds: {}, uncompared: 0 });
    panel.close();
    workspace.close();
    await runCommand('guardscope.compareWith');
    expect(fake.messages.map(({ text }) => text).at(-1)).toMatch(/^No trace is open\. /);
  });

  it('is the run on show when nothing differs yet, and the run before again', async () => {
    await decided();
    fake.pick = (labels) => labels.find((label) => label === 'This run');
    await panel.click({ run: 'compareWith' });
    expect(fake.picks.at(-1)?.labels).not.toContain('The run before');
    expect(await comparison()).toMatchObject({ label: expect.stringMatching(/^the run of /) as string, pinned: true });
    fake.pick = (labels) => labels.find((label) => label === 'The run before');
    await panel.click({ run: 'compareWith' });
    expect(await comparison()).toMatchObject({ pinned: false });
  });

  it('is another policy that is chosen, and both decisions open side by side', async () => {
    await decided();
    const other = workspace.copy('policy-public.json', 'other-policy.json');
    fake.pick = (labels) => labels.find((label) => label === 'Another policy…');
    fake.chooseFile = () => other;
    await panel.click({ run: 'compareWith' });
    expect(await comparison()).toMatchObject({ label: 'other-policy.json', pinned: true });
    const { rows } = await panel.view.ask('rows', {
      from: 0,
      count: 32,
      filter: noFilter,
    });
    const call = rows.find(({ changes }) => changes?.includes('outcome') === true);
    if (call === undefined) throw new Error('No outcome changed');
    const { changes } = await panel.view.ask('detail', { index: call.index });
    expect(changes[0]).toMatchObject({ kind: 'outcome', pointer: '/outcome' });
    await panel.click({ run: 'openComparison', call: call.index });
    const [command, before, after, title] = fake.executed.at(-1) ?? [];
    expect([command, title]).toEqual(['vscode.diff', `call ${call.index + 1} ${call.tool}: other-policy.json ↔ now`]);
    const outcomes = [before, after].map((uri) => {
      const { scheme } = uri as Uri;
      const text = fake.contentProviders.get(scheme)?.provideTextDocumentContent(uri as Uri);
      return (JSON.parse(String(text)) as { readonly outcome: string }).outcome;
    });
    expect(outcomes).toEqual([call.was?.replace(/ .*/, ''), call.status]);
  });

  it('stays when the user cancels, and when the file cannot be used', async () => {
    await decided();
    await panel.click({ run: 'compareWith' });
    expect(await comparison()).toMatchObject({ label: '' });
    fake.pick = (labels) => labels.find((label) => label === 'Another guard…');
    const broken = workspace.path('broken.wasm');
    writeFileSync(broken, 'no module');
    fake.chooseFile = () => broken;
    await expect(panel.click({ run: 'compareWith' })).rejects.toMatchObject({
      code: 'session/not-compared',
      message: expect.stringContaining('The calls cannot be decided with broken.wasm: ') as string,
    });
    expect(await comparison()).toMatchObject({ label: '' });
  });

  it('has no decision of a call before the second run', async () => {
    await decided();
    await expect(panel.click({ run: 'openComparison', call: 3 })).rejects.toMatchObject({
      code: 'panel/no-baseline',
      message: 'Call 4 has no decision to compare with',
    });
  });
});

describe('the decisions', () => {
  it('are exported as one line each, readable by the owner only', async () => {
    await panel.click({ run: 'replay' });
    await replayed();
    const target = workspace.path('trace.decisions.jsonl');
    fake.chooseFile = () => target;
    await panel.click({ run: 'exportDecisions' });
    const lines = readFileSync(target, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { index: number }).index)).toEqual([...Array(32).keys()]);
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(fake.messages).toMatchObject([
      { kind: 'information', text: 'Exported 32 decisions to trace.decisions.jsonl' },
    ]);
  });

  it('are not exported when the dialog is closed', async () => {
    await panel.click({ run: 'exportDecisions' });
    expect(existsSync(workspace.path('trace.decisions.jsonl'))).toBe(false);
    expect(fake.messages).toEqual([]);
  });
});

describe('a link', () => {
  it('to a line of the trace opens it beside the panel, with the cursor there', async () => {
    await panel.click({ run: 'revealLine', line: 7 });
    expect(openedTab()).toEqual({ path: workspace.trace, cursor: '6:0', beside: true });
  });

  const problem: Problem = { severity: 'error', code: 'trace/bad-line', message: 'It was skipped' };
  it.each<[string, Problem['position'], (at: SampleWorkspace) => string, string]>([
    ['of the trace', { line: 3 }, ({ trace }) => trace, '2:0'],
    ['without a position', undefined, ({ trace }) => trace, '0:0'],
    ['of another file', { file: '/w/policy.json', line: 5, column: 22 }, () => '/w/policy.json', '4:21'],
  ])('to a problem %s opens its file at its position', async (_of, position, pathOf, cursor) => {
    await panel.click({ run: 'revealProblem', problem: position === undefined ? problem : { ...problem, position } });
    expect(openedTab()).toEqual({ path: pathOf(workspace), cursor, beside: true });
  });

  it('to the documentation opens its section as a preview, whatever case the packaged file has', async () => {
    const shown = (): unknown => {
      const [command, uri] = fake.executed.at(-1) ?? [];
      return uri instanceof Uri ? [command, uri.path.split('/').at(-1), uri.fragment] : undefined;
    };
    await panel.click({ run: 'openDocs', docs: 'README.md#in-vs-code' });
    expect(shown()).toEqual(['markdown.showPreviewToSide', 'README.md', 'in-vs-code']);
    panel.close();
    writeFileSync(workspace.path('readme.md'), '# Guardscope');
    const packaged = fakeServices({ extension: workspace.folder });
    panel = openPanel(packaged.services, document);
    await panel.click({ run: 'openDocs', docs: 'README.md#in-vs-code' });
    expect(shown()).toEqual(['markdown.showPreviewToSide', 'readme.md', 'in-vs-code']);
    fake.executed.length = 0;
    await panel.click({ run: 'openDocs', docs: 'MISSING.md#nowhere' });
    expect(fake.executed).toEqual([]);
  });

  it('to a long text opens it in a tab, with the extension that its content needs', async () => {
    await panel.click({ run: 'openText', text: { of: 'args', call: 2 }, title: 'read_text_file arguments' });
    expect(openedTab()).toMatchObject({ path: '/read_text_file arguments.json' });
    expect(JSON.parse(String(openedText()))).toEqual({ path: '/workspace/README.md' });
    await panel.click({ run: 'replay' });
    await replayed();
    await panel.click({ run: 'openText', text: { of: 'input', call: 2, guardCall: 0 }, title: 'input' });
    expect(openedText()).toContain('"tool_name"');
  });

  it('to a text that no longer exists fails with the next step', async () => {
    const text = { of: 'input', call: 2, guardCall: 9 } as const;
    await expect(panel.click({ run: 'openText', text, title: 'input' })).rejects.toMatchObject({
      code: 'panel/no-such-text',
      message: 'Call 3 no longer has this text',
      hint: 'Replay the trace again',
    });
    await expect(panel.view.ask('detail', { index: 99 })).rejects.toThrow('no call 99');
  });
});

it('Edit and resend starts a new call with a copy of the recorded one', async () => {
  await panel.click({ run: 'editAndSend', call: 2 });
  expect(fake.executed.at(-1)).toEqual([
    'guardscope.newCall',
    { tool: 'read_text_file', args: { path: '/workspace/README.md' } },
    document.session.call(2)?.server,
  ]);
  fake.executed.length = 0;
  await panel.click({ run: 'editAndSend', call: 99 });
  expect(fake.executed).toEqual([]);
});

it('the switch for following the newest call is kept by the document', async () => {
  await panel.click({ run: 'setFollow', follow: false });
  expect(document.follow).toBe(false);
});

it('announces nothing after it was closed', async () => {
  panel.close();
  await document.replay();
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(panel.announced).toEqual([]);
});

describe('commands without an argument', () => {
  it('act on the active trace', async () => {
    const run = await runCommand('guardscope.replay');
    expect(run).toMatchObject({ status: 'done', done: 32 });
    fake.pick = () => 'filter';
    await runCommand('guardscope.chooseMode');
    await replayed();
    expect(document.session.settings.mode).toBe('filter');
    const other = workspace.copy('guard.wasm', 'other.wasm');
    await runCommand('guardscope.useGuard', fileUri(other));
    await replayed();
    expect(document.session.settings.guard).toBe(other);
  });

  it('say what to do when no trace is open', async () => {
    document.dispose();
    for (const id of ['guardscope.replay', 'guardscope.chooseGuard', 'guardscope.choosePolicy']) await runCommand(id);
    const text = 'No trace is open. Run "Guardscope: Open Trace…" first.';
    expect(fake.messages).toMatchObject([{ text }, { text }, { text }]);
    expect(fake.picks).toEqual([]);
  });
});
