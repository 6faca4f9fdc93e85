/** Opening traces: which files are offered, by picker and in the explorer, and which editor opens them. */
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openTraceCommands, traceGlob } from '../../../src/host/commands/openTrace.ts';
import { fakeServices, fileUri } from '../../support/hostServices.ts';
import { repoPath } from '../../support/paths.ts';
import { fake, resetVscode, runCommand } from '../../support/vscode.ts';

vi.mock('vscode', () => import('../../support/vscode.ts'));

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
