/** "New Call…": the choice of the server, how it is started behind a tap, and what its page gets until the view is closed. */
import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ComposeAnswer } from '../../../src/core/protocol/compose.ts';
import { readLive } from '../../../src/engine/recording/format/liveFile.ts';
import { isRunning } from '../../../src/engine/recording/format/processIdentity.ts';
import { captureServers } from '../../../src/host/capture/captureServer.ts';
import { newCalls } from '../../../src/host/compose/newCall.ts';
import {
  CaptureHost,
  pickInOrder,
  runningExtension,
  shownTexts,
  textOfFile,
} from '../../support/vscode/captureHost.ts';
import { FakeTrace } from '../../support/vscode/hostServices.ts';
import { patiently } from '../../support/patience.ts';
import { repoPath } from '../../support/paths.ts';
import { proves } from '../../support/proves.ts';
import { samplePath } from '../../support/samples.ts';
import { fake, resetVscode, runCommand, Uri } from '../../support/vscode/api.ts';
import { ComposePage } from './composePage.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

const toolServer = repoPath('test/host/compose/toolServer.mjs');

let machine: CaptureHost;
let feature: { dispose(): void };
let pidFile = '';

beforeEach(() => {
  resetVscode();
  machine = new CaptureHost(runningExtension);
  feature = newCalls(machine.host.services);
  pidFile = join(machine.root, 'pids');
});
afterEach(async () => {
  feature.dispose();
  await eventually(() => expect(pids().filter(runs)).toEqual([]));
  machine.close();
});

const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: patiently(20_000), interval: 20 });

/** The processes of the servers that were started, in order. */
function pids(): readonly number[] {
  return existsSync(pidFile) ? textOfFile(pidFile).trim().split('\n').map(Number) : [];
}

const runs = (pid: number): boolean => isRunning({ pid, born: null });

/** An entry that starts the server of the tests. */
const entry = (mode: string, ...rest: readonly string[]) => ({
  command: process.execPath,
  args: [toolServer, mode, pidFile, ...rest],
});

const newCall = (...args: readonly unknown[]): Promise<unknown> => runCommand('guardscope.newCall', ...args);

/** The page of the view that was opened last. */
function page(): ComposePage {
  const panel = fake.webviews.at(-1);
  if (panel === undefined) throw new Error(`No view was opened: ${shownTexts().join(' ')}`);
  return new ComposePage(panel);
}

/** Picks the server `tools`, and waits until it runs or has failed. */
async function opened(...rest: readonly string[]): Promise<ComposePage> {
  machine.servers({ tools: entry('serve', ...rest) });
  pickInOrder('tools');
  await newCall();
  return page();
}

const call = (view: ComposePage, tool: string, args: object = {}): Promise<ComposeAnswer> =>
  view.host.ask('send', { tool, args: args as Record<string, string> });

/** What the tool `where` answers. */
async function where(view: ComposePage, args: object = {}): Promise<unknown> {
  const { content } = JSON.parse((await call(view, 'where', args)).text) as { readonly content: [{ text: string }] };
  return JSON.parse(content[0].text);
}

/** The captures, once the recorder has created the first one. */
async function captured(): Promise<readonly string[]> {
  await eventually(() => expect(machine.captured()).not.toEqual([]));
  return machine.captured();
}

/** The capture that the panel of the session was opened for last. */
function shownCapture(): string {
  const [command, uri] = fake.executed.at(-1) ?? [];
  if (command !== 'vscode.openWith' || !(uri instanceof Uri)) throw new Error('No session was opened');
  return uri.path;
}

describe('the choice of the server', () => {
  it('lists servers with a command, a file that cannot be read, and an own command', async () => {
    machine.servers({ tools: entry('serve'), web: { type: 'http', url: 'https://example.com/mcp' } });
    machine.writeHome('.cursor/mcp.json', '{ "mcpServers": {\n');
    await newCall();
    expect(fake.picks).toEqual([
      {
        placeHolder: 'Select the MCP server to call',
        labels: ['$(server-process) tools', '$(warning) mcp.json, line 2', '$(terminal) Enter a command…'],
      },
    ]);
    expect(fake.webviews).toEqual([]);
    pickInOrder('mcp.json, line 2');
    await newCall();
    expect(fake.messages).toMatchObject([
      { kind: 'error', text: expect.stringContaining('The configuration of Cursor'), actions: ['Open File at Line 2'] },
    ]);
    expect(fake.webviews).toEqual([]);
  });

  it('lists the server of a recorded call first; the call is the draft, also for a view that is open', async () => {
    machine.servers({ other: entry('serve'), tools: entry('serve') });
    pickInOrder('tools');
    const draft = { tool: 'where', args: { a: 1 } };
    await newCall(draft, 'tools');
    expect(fake.picks[0]?.labels.slice(0, 2)).toEqual(['$(server-process) tools', '$(server-process) other']);
    const view = page();
    expect((await view.host.ask('hello', {})).draft).toEqual(draft);
    await newCall({ tool: 'fail', args: {} }, 'tools');
    await eventually(() => expect(view.drafts).toEqual([{ tool: 'fail', args: {} }]));
    expect([fake.picks.length, fake.webviews.length, view.panel.reveals]).toEqual([1, 1, 1]);
    // A server of the same name in a second view does not take the first one's place.
    pickInOrder('tools');
    await newCall();
    const second = page();
    second.panel.dispose();
    await newCall(draft, 'tools');
    expect(view.panel.reveals).toBe(2);
  });

  it('takes a typed command with quotes, and names the server after its program', async () => {
    mkdirSync(join(machine.workspace, 'my files'));
    pickInOrder('Enter a command');
    fake.enter = () => `"${process.execPath}" '${toolServer}' serve ${pidFile} --root="my files" it\\'s 'a "b"' ""`;
    await newCall();
    expect(fake.refusals).toEqual(['A quote is not closed.']);
    expect(fake.webviews).toEqual([]);
    fake.enter = () => `"${process.execPath}" '${toolServer}' serve ${pidFile} --root="my files" C:\\x "a \\"b\\"" ''`;
    pickInOrder('Enter a command');
    await newCall();
    const view = page();
    expect(await view.state()).toMatchObject({ server: 'toolServer', status: 'running', guard: 'none' });
    expect(await where(view)).toMatchObject({
      rest: ['--root=my files', 'C:\\x', 'a "b"', ''],
      cwd: machine.workspace,
    });
    expect(await captured()).toEqual([expect.stringMatching(/^toolServer-.*-calls\.guardtrace\.jsonl$/)]);
  });

  it.each([undefined, '', '   ', '""'])('starts nothing for the command %j', async (text) => {
    pickInOrder('Enter a command');
    fake.enter = () => text;
    await newCall();
    expect(fake.inputs.map(({ title }) => title)).toEqual(['Command That Starts the MCP Server']);
    expect([...fake.webviews, ...fake.messages]).toEqual([]);
  });

  it('starts nothing when an input is not entered or the file of variables is missing', async () => {
    machine.servers({ tools: { ...entry('serve'), env: { KEY: '${input:key}' } } }, [
      { id: 'key', type: 'promptString', description: 'The key' },
    ]);
    pickInOrder('tools');
    await newCall();
    expect([...fake.webviews, ...fake.messages]).toEqual([]);
    machine.servers({ tools: { ...entry('serve'), envFile: 'no.env' } });
    pickInOrder('tools');
    await newCall();
    expect(fake.messages).toMatchObject([
      { kind: 'error', text: expect.stringMatching(/^The variables of "tools" cannot be read from ".*no\.env"/) },
    ]);
    expect(fake.webviews).toEqual([]);
  });

  it('starts nothing in an untrusted workspace', async () => {
    fake.trusted = false;
    await newCall();
    expect(fake.messages).toMatchObject([
      {
        kind: 'warning',
        text: expect.stringMatching(/^"New Call…" is off because/),
        actions: ['Manage Workspace Trust'],
      },
    ]);
    expect(fake.picks).toEqual([]);
  });
});

describe('the server', () => {
  it('starts in its folder with its variables, behind a tap that captures into a session that is shown', async () => {
    mkdirSync(join(machine.workspace, 'sub'));
    machine.write('.env', 'KEY=from file\nGONE=x\n');
    const given = { cwd: 'sub', envFile: '.env', env: { GONE: null } };
    machine.servers({ tools: { ...entry('serve', '${workspaceFolder}'), ...given } });
    pickInOrder('tools');
    await newCall();
    const view = page();
    expect(view.panel).toMatchObject({ viewType: 'guardscope.compose', title: 'New Call: tools' });
    expect(view.panel.webview.html).toContain('/dist/webview.js');
    expect(view.panel.webview.html).toContain('<div id="root" data-view="compose">');
    const state = await view.state();
    expect(state).toMatchObject({ server: 'tools', status: 'running', message: '', guard: 'none' });
    expect(state.origin).toContain(`${basename(process.execPath)} ${toolServer}`);
    expect(state.tools.map(({ name }) => name)).toEqual(['where', 'fail', 'refuse', 'slow', 'die', 'grow']);
    expect(await where(view, { a: 'ä' })).toEqual({
      given: { a: 'ä' },
      rest: [machine.workspace],
      cwd: join(machine.workspace, 'sub'),
      env: { KEY: 'from file', GONE: null },
    });
    const capture = shownCapture();
    expect(await captured()).toEqual([basename(capture)]);
    expect(fake.executed.at(-1)?.slice(2)).toEqual(['guardscope.trace', { viewColumn: 1, preserveFocus: true }]);
    await eventually(() => expect(textOfFile(capture)).toContain('"arguments":{"a":"ä"}'));
    fake.executed.length = 0;
    await view.host.ask('showSession', {});
    expect(shownCapture()).toBe(capture);
  });

  it('is started without the tap of its configuration', async () => {
    captureServers(machine.host.services);
    machine.servers({ tools: entry('serve') });
    pickInOrder('tools', 'Add a tap', 'Add Tap');
    await runCommand('guardscope.captureServer');
    pickInOrder('tools');
    await newCall();
    expect(await where(page())).toMatchObject({ rest: [] });
    expect(await captured()).toHaveLength(1);
  });

  it.each(['of the settings', 'of the open trace'])('is watched by the guard %s', async (which) => {
    // Both are outside of the workspace.
    const [guard, policy] = ['guard.wasm', 'policy.json'].map((name) => samplePath('files-and-memory', name));
    if (guard === undefined || policy === undefined) throw new Error('The sample has no guard');
    if (which === 'of the settings') {
      fake.settings.set('guardscope.guard', guard);
      fake.settings.set('guardscope.policy', policy);
    } else {
      const trace = new FakeTrace('/w/a.guardtrace.jsonl', { guard, policy });
      machine.host.services.sessions.add(trace.document);
    }
    const view = await opened();
    expect(await view.state()).toMatchObject({ status: 'running', guard: 'watch' });
    const capture = shownCapture();
    await eventually(() => expect(readLive(capture)).toMatchObject({ guard, policy, mode: 'watch', server: 'tools' }));
    expect(await where(view)).toMatchObject({ given: {} });
  });

  it('that does not start is shown with the reason, and is started again on request', async () => {
    machine.servers({ tools: entry('crash') });
    pickInOrder('tools');
    await newCall();
    const view = page();
    expect(await view.state()).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/^The server did not start .*Error: no database.*Run its command in a terminal$/),
    });
    expect(machine.host.logged).toEqual([expect.stringMatching(/^warn New call: The server did not start/)]);
    expect(await call(view, 'where')).toEqual({
      kind: 'error',
      ms: 0,
      text: 'The server is not running. Start it again.',
      isError: true,
    });
    await view.host.ask('restart', {});
    await eventually(() => expect(view.states.map(({ status }) => status)).toContain('failed'));
    expect(view.states[0]).toMatchObject({ status: 'starting', message: '' });
    expect(pids()).toHaveLength(2);
  });

  it('whose command does not exist is shown with its name', async () => {
    pickInOrder('Enter a command');
    fake.enter = () => 'no-such-program --x';
    await newCall();
    expect(await page().state()).toMatchObject({
      server: 'no-such-program',
      origin: 'no-such-program --x',
      status: 'failed',
      message: expect.stringContaining('Command not found: "no-such-program"'),
    });
  });

  it('does not start when the capture folder cannot be made', async () => {
    machine.write('.guardscope', 'a file');
    const view = await opened();
    expect(await view.state()).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/^Cannot create the capture folder .*guardscope\.capture\.folder$/),
    });
    expect(pids()).toEqual([]);
  });

  it('runs on when its session cannot be shown, and the reason is shown', async () => {
    const error = new Error('no editor');
    fake.answering.set('vscode.openWith', () => {
      throw error;
    });
    const view = await opened();
    expect(shownTexts()).toEqual([expect.stringMatching(/^no editor/)]);
    expect(await view.state()).toMatchObject({ status: 'running' });
    expect((await call(view, 'fail')).kind).toBe('result');
  });
});

describe('a call', () => {
  it('is answered with the result as JSON; failures are answers, too', async () => {
    const view = await opened();
    expect(await call(view, 'fail')).toMatchObject({
      kind: 'result',
      isError: true,
      text: expect.stringContaining('"text": "no such row"'),
    });
    expect(await call(view, 'refuse')).toMatchObject({
      kind: 'error',
      isError: true,
      text: 'bad arguments (-32602)',
    });
  });

  it('shows its progress, and is cancelled; the server and the capture learn of it', async () => {
    const view = await opened();
    const answers = [call(view, 'slow'), call(view, 'slow')];
    await eventually(() => expect(view.progress).toEqual(['1 of 2: half', '2', '1 of 2: half', '2']));
    await view.host.ask('cancel', {});
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({ kind: 'cancelled', text: '', isError: false });
    }
    const cancelled = (): number => textOfFile(shownCapture()).split('notifications/cancelled').length - 1;
    await eventually(() => expect(cancelled()).toBe(2));
    expect(await where(view)).toMatchObject({ given: {} });
    await view.host.ask('cancel', {});
  });

  it('that ends the server is answered, the end is shown, and the server can be started again', async () => {
    const view = await opened();
    expect(await call(view, 'die')).toMatchObject({
      kind: 'error',
      text: expect.stringContaining('Connection closed'),
    });
    await eventually(() =>
      expect(view.states.at(-1)).toMatchObject({ status: 'ended', message: 'The server has ended' }),
    );
    expect(await call(view, 'where')).toMatchObject({ text: 'The server is not running. Start it again.' });
    await view.host.ask('restart', {});
    await eventually(() => expect(view.states.at(-1)).toMatchObject({ status: 'running', message: '' }));
    expect(await where(view)).toMatchObject({ given: {} });
  });

  it('that changes the list of tools brings the new list', async () => {
    const view = await opened();
    await call(view, 'grow');
    await eventually(() => expect(view.states.at(-1)?.tools).toHaveLength(7));
    expect(view.states.at(-1)?.tools.at(-1)).toEqual({
      name: 'grown',
      title: 'Grown',
      description: 'New',
      inputSchema: { type: 'object' },
    });
  });
});

describe('the end', () => {
  const ended = (): Promise<void> => eventually(() => expect(pids().map(runs)).not.toContain(true));

  it('of the server on request stays visible in the view', async () => {
    const view = await opened();
    await view.host.ask('stop', {});
    expect(await view.state()).toMatchObject({ status: 'ended', message: '', tools: [] });
    await ended();
    expect(fake.webviews).toHaveLength(1);
  });

  it('of the view ends the server and rejects what waits; the session stays', async () => {
    proves('own:new-call-ends');
    const view = await opened();
    void call(view, 'slow').catch(() => undefined);
    await eventually(() => expect(view.progress).toHaveLength(2));
    view.panel.dispose();
    await ended();
    expect(await captured()).toHaveLength(1);
    expect(fake.messages).toEqual([]);
  });

  it('of the window ends the servers of all views', async () => {
    proves('own:new-call-ends');
    machine.servers({ tools: entry('serve') });
    for (let count = 0; count < 2; count++) {
      pickInOrder('tools');
      await newCall();
    }
    expect(pids()).toHaveLength(2);
    feature.dispose();
    await ended();
  });

  it.each([
    ['view', 'serve', async (view: ComposePage) => view.panel.dispose()],
    ['server', 'serve', async (view: ComposePage) => view.host.ask('stop', {})],
    ['view', 'silent', async (view: ComposePage) => view.panel.dispose()],
    ['server', 'silent', async (view: ComposePage) => view.host.ask('stop', {})],
  ])('of the %s during the start ends the server (%s), and shows no session', async (_what, mode, end) => {
    proves('own:new-call-ends');
    machine.servers({ tools: entry(mode) });
    pickInOrder('tools');
    const start = newCall();
    await eventually(() => expect(fake.webviews).toHaveLength(1));
    const view = page();
    expect((await view.state()).status).toBe('starting');
    // A server that answers nothing would be waited for as long as `startMs`.
    if (mode === 'silent') await eventually(() => expect(pids()).toHaveLength(1));
    await end(view);
    await start;
    await ended();
    expect(machine.host.logged).toEqual([]);
    expect(fake.executed.filter(([id]) => id === 'vscode.openWith')).toEqual([]);
    expect(view.states.map(({ status }) => status)).not.toContain('running');
  });

  it('of a server comes before its next start', async () => {
    const view = await opened();
    await view.host.ask('restart', {});
    await eventually(() => expect(pids()).toHaveLength(2));
    await eventually(() => expect(view.states.at(-1)?.status).toBe('running'));
    expect(pids().map(runs)).toEqual([false, true]);
  });
});
