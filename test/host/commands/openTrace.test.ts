/** Opening traces: which files are offered, by picker and in the explorer, and which editor opens them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nativeHeaderLine, nativeMessageLine } from '../../../src/core/trace/write.ts';
import { pathsOf } from '../../../src/host/base/traceUri.ts';
import { openTraceCommands, traceGlob } from '../../../src/host/commands/openTrace.ts';
import { fakeServices, fileUri } from '../../support/vscode/hostServices.ts';
import { repoPath } from '../../support/paths.ts';
import { fake, resetVscode, runCommand } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

beforeEach(() => {
  resetVscode();
  fake.folders.push('/w');
  openTraceCommands(fakeServices().services);
});

/** Path and editor of each trace that was opened. */
function opened(): readonly unknown[] {
  return fake.executed.map(([command, uri, editor]) => [command, (uri as { fsPath: string }).fsPath, editor]);
}

describe('Open Trace…', () => {
  it.each([
    ['/w/a.guardtrace.jsonl', 'guardscope.trace'],
    ['/w/gateway.log', 'guardscope.trace'],
    ['/w/logs/rpc-messages.jsonl', 'guardscope.gatewayLog'],
  ])('opens %s with the editor %s', async (path, editor) => {
    await runCommand('guardscope.openTrace', fileUri(path));
    expect(opened()).toEqual([['vscode.openWith', path, editor]]);
  });

  it('offers the traces of the workspace by path, then a file dialog', async () => {
    fake.files.push('/w/b.guardtrace.jsonl', '/w/a/rpc-messages.jsonl');
    fake.pick = (labels) => labels[1];
    await runCommand('guardscope.openTrace');
    expect(fake.picks).toEqual([
      {
        placeHolder: 'Select the trace to open',
        labels: ['a/rpc-messages.jsonl', 'b.guardtrace.jsonl', '$(folder-opened) Browse…'],
      },
    ]);
    expect(opened()).toEqual([['vscode.openWith', '/w/b.guardtrace.jsonl', 'guardscope.trace']]);
  });

  it('opens the file that is chosen in the dialog', async () => {
    fake.files.push('/w/b.guardtrace.jsonl');
    fake.pick = (labels) => labels.at(-1);
    fake.chooseFile = (title) => (title === 'Open Trace' ? '/elsewhere/x.jsonl' : undefined);
    await runCommand('guardscope.openTrace');
    expect(opened()).toEqual([['vscode.openWith', '/elsewhere/x.jsonl', 'guardscope.trace']]);
  });

  it('shows the dialog at once in a workspace without traces, and opens nothing when it is closed', async () => {
    await runCommand('guardscope.openTrace');
    expect(fake.picks).toEqual([]);
    expect(opened()).toEqual([]);
  });
});

it('the explorer offers Open Trace… for the file names that the Sessions view lists', () => {
  const { contributes } = JSON.parse(readFileSync(repoPath('package.json'), 'utf8')) as {
    readonly contributes: {
      readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string }[]>>;
    };
  };
  const entry = contributes.menus['explorer/context']?.find(({ command }) => command === 'guardscope.openTrace');
  const clauses = entry?.when.split(' || ') ?? [];
  const offered = clauses.map((clause) => {
    const [, name, pattern] = /^resourceFilename (?:== '(.+)'|=~ \/(.+)\/)$/.exec(clause) ?? [];
    return name ?? `*${pattern?.replaceAll('\\', '').replace('$', '')}`;
  });
  const listed = /^\*\*\/\{(.+)\}$/.exec(traceGlob)?.[1]?.split(',') ?? [];
  expect(listed.length).toBeGreaterThan(0);
  expect(offered.sort()).toEqual([...listed].sort());
});

describe('Open with Other Captures of Its Client', () => {
  let folder = '';
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'open-together-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A capture of a client that begins at a second. */
  function capture(server: string, second: number, client: string): string {
    const path = join(folder, `${server} & co.guardtrace.jsonl`);
    const start = `2026-05-06T07:08:0${second}.000Z`;
    const header = nativeHeaderLine({ tool: 'g', version: '1', start, server, transport: 'stdio', redaction: [] });
    const hello = { id: 0, method: 'initialize', params: { clientInfo: { name: client } } };
    writeFileSync(
      path,
      header + nativeMessageLine(1, 'client', hello) + nativeMessageLine(9000, 'server', { id: 0, result: {} }),
    );
    return path;
  }

  it('opens the captures of the client as one session, in order of their start', async () => {
    const [files, mail] = [capture('files', 3, 'assistant'), capture('mail', 1, 'assistant')];
    capture('web', 2, 'editor');
    await runCommand('guardscope.openTogether', fileUri(files));
    const [[command, uri, editor] = []] = fake.executed;
    expect([command, editor]).toEqual(['vscode.openWith', 'guardscope.trace']);
    expect(pathsOf(uri as never)).toEqual([mail, files]);
  });

  it('says when there is no other capture of the client', async () => {
    await runCommand('guardscope.openTogether', fileUri(capture('files', 3, 'assistant')));
    expect(fake.executed).toEqual([]);
    expect(fake.messages.map(({ kind, text }) => [kind, text])).toEqual([
      ['error', expect.stringContaining('No other capture beside "files & co.guardtrace.jsonl" is of the same client')],
    ]);
  });
});

describe('Open Sample Session', () => {
  let storage = '';
  const at = (name: string): string => join(storage, 'samples', 'files-and-memory', name);
  beforeEach(() => {
    storage = mkdtempSync(join(tmpdir(), 'open-sample-'));
    openTraceCommands(fakeServices({ extension: repoPath('.'), storage }).services);
  });
  afterEach(() => rmSync(storage, { recursive: true, force: true }));

  it('copies the sample with the source of its guard, and opens its trace', async () => {
    fake.answer = ({ actions }) => actions.find((action) => action === 'Open README');
    await runCommand('guardscope.openSample');
    expect(opened()).toEqual([['vscode.openWith', at('trace.guardtrace.jsonl'), 'guardscope.trace']]);
    await vi.waitFor(() => expect(fake.opened.at(-1)?.uri?.path).toBe(at('README.md')));
    expect(readFileSync(at('guard/src/paths.rs'), 'utf8')).not.toBe('');
    expect(fake.messages).toMatchObject([{ kind: 'information', actions: ['Open README', 'Open Folder'] }]);
    expect(fake.messages[0]?.text).toContain(`The sample was copied to ${at('')}`.replace(/\/$/, ''));
  });

  it('keeps edits until they are to be discarded', async () => {
    await runCommand('guardscope.openSample');
    writeFileSync(at('policy.json'), 'mine');
    await runCommand('guardscope.openSample');
    expect(readFileSync(at('policy.json'), 'utf8')).toBe('mine');
    expect(fake.messages.at(-1)?.text).toContain('The sample is as you left it');
    fake.answer = ({ actions }) => actions.find((action) => action === 'Discard Edits');
    await runCommand('guardscope.openSample');
    await vi.waitFor(() => expect(readFileSync(at('policy.json'), 'utf8')).toContain('allow-only'));
  });

  it('opens the folder in another window on request', async () => {
    fake.answer = ({ actions }) => actions.find((action) => action === 'Open Folder');
    await runCommand('guardscope.openSample');
    await vi.waitFor(() =>
      expect(fake.executed.at(-1)).toMatchObject([
        'vscode.openFolder',
        { fsPath: join(storage, 'samples', 'files-and-memory') },
        { forceNewWindow: true },
      ]),
    );
  });
});
