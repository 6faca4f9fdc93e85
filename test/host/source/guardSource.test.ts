/** Lenses and hovers in the source of a guard: what they show, when they change, and what a click does. */
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Disposable } from 'vscode';
import { guardLenses } from '../../../src/host/source/guardLenses.ts';
import { interfaceHovers } from '../../../src/host/source/interfaceHovers.ts';
import { repoPath } from '../../support/paths.ts';
import { proves } from '../../support/proves.ts';
import {
  fake,
  type FakeDocument,
  fakeDocument,
  fire,
  Position,
  resetVscode,
  runCommand,
} from '../../support/vscode/api.ts';
import { fakeServices, type FakeServices, FakeTrace } from '../../support/vscode/hostServices.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

const rust = fakeDocument('/w/src/lib.rs', '#[no_mangle]\npub extern "C" fn label_agent() -> i32 { 0 }\n', 'rust');
const counts = { allowed: 20, filtered: 5, denied: 7, blocked: 0, error: 0 };

interface Lens {
  readonly range: { readonly start: Position };
  readonly command: { readonly title: string; readonly command: string; readonly arguments?: readonly unknown[] };
}

interface LensProvider {
  onDidChangeCodeLenses(listener: () => void): Disposable;
  provideCodeLenses(document: FakeDocument): readonly Lens[];
}

interface HoverProvider {
  provideHover(
    document: FakeDocument,
    position: Position,
  ): Promise<{ readonly contents: { readonly value: string; readonly isTrusted: unknown } } | undefined>;
}

let host: FakeServices;

beforeEach(() => {
  resetVscode();
  host = fakeServices({ extension: repoPath('.').replace(/\/$/, '') });
});

describe('lenses', () => {
  const lenses = (document = rust): readonly Lens[] => (fake.lensProvider as LensProvider).provideCodeLenses(document);
  const titles = (): readonly string[] => lenses().map(({ command }) => command.title);

  it('replay the open session in its panel, and show its decisions', () => {
    proves('own:source-lenses');
    guardLenses(host.services);
    const trace = new FakeTrace('/w/a.guardtrace.jsonl');
    host.services.sessions.add(trace.document);
    trace.ran({ status: 'done', done: 32, total: 32, counts });
    expect(titles()).toEqual(['$(debug-rerun) Replay', '32 calls: 20 allowed, 5 filtered, 7 denied']);
    const [replay, decisions] = lenses();
    expect(replay?.range.start).toEqual(new Position(1, '#pub extern "C" fn '.length - 1));
    expect(replay?.command).toMatchObject({ command: 'guardscope.replay', arguments: [{ reveal: true }] });
    expect(decisions?.command).toMatchObject({
      command: 'vscode.openWith',
      arguments: [trace.uri, 'guardscope.trace'],
    });
  });

  it('open a session when none is open', () => {
    guardLenses(host.services);
    expect(titles()).toEqual(['Open a session to replay']);
    expect(lenses()[0]?.command.command).toBe('guardscope.openTrace');
  });

  it('are asked for again when the session goes on, and not when their text stays', () => {
    guardLenses(host.services);
    let changes = 0;
    (fake.lensProvider as LensProvider).onDidChangeCodeLenses(() => changes++);
    const trace = new FakeTrace('/w/a.guardtrace.jsonl');
    host.services.sessions.add(trace.document);
    expect(changes).toBe(1);
    trace.ran({ status: 'running', done: 1, total: 2 });
    expect(changes).toBe(2);
    trace.ran({ durationMs: 5 });
    expect(changes).toBe(2);
    host.services.sessions.delete(trace.document);
    expect(changes).toBe(3);
    trace.ran({ done: 2 });
    expect(changes).toBe(3);
  });

  it('are hidden by the setting', () => {
    guardLenses(host.services);
    let changes = 0;
    (fake.lensProvider as LensProvider).onDidChangeCodeLenses(() => changes++);
    fire.changeSetting('guardscope.codeLens', false);
    expect(titles()).toEqual([]);
    fire.changeSetting('guardscope.mode', 'filter');
    expect(changes).toBe(1);
  });

  it('are not in other languages, nor above look-ups and allocators', () => {
    guardLenses(host.services);
    expect(lenses(fakeDocument('/w/a.go', rust.getText(), 'go'))).toEqual([]);
    const text = `${rust.getText()}extern "C" fn alloc() {}\nextern "C" { fn host_log(); }`;
    expect(lenses(fakeDocument('/w/lib.rs', text, 'rust'))).toHaveLength(1);
  });

  it('are gone with the extension', () => {
    guardLenses(host.services).dispose();
    expect(fake.lensProvider).toBeNull();
  });
});

describe('hovers', () => {
  const hover = (document: FakeDocument, line: number, character: number) =>
    (fake.hoverProvider as HoverProvider).provideHover(document, new Position(line, character));

  it('quote the document of the interface, with a link to the section', async () => {
    proves('own:interface-hovers');
    interfaceHovers(host.services);
    const found = await hover(rust, 1, 22);
    const [, first = ''] = readFileSync(repoPath('media/docs/guard-abi.md'), 'utf8').split('\n## label_agent\n\n');
    expect(found?.contents.value).toContain(first.slice(0, 60));
    const section = encodeURIComponent('["label_agent"]');
    expect(found?.contents.value).toContain(`(command:guardscope.showInterface?${section})`);
    expect(found?.contents.isTrusted).toEqual({ enabledCommands: ['guardscope.showInterface'] });
  });

  it('are only on the names', async () => {
    interfaceHovers(host.services);
    expect(await hover(rust, 1, 2)).toBeUndefined();
    expect(await hover(fakeDocument('/w/a.rs', 'fn main() {}', 'rust'), 0, 4)).toBeUndefined();
  });

  it('of an allocator lead to its section', async () => {
    interfaceHovers(host.services);
    const text = `${rust.getText()}extern "C" fn alloc() {}`;
    const found = await hover(fakeDocument('/w/lib.rs', text, 'rust'), 2, 16);
    expect(found?.contents.value).toContain(encodeURIComponent('["alloc-and-dealloc"]'));
  });
});

describe('the command', () => {
  it('shows the document, and its section', async () => {
    interfaceHovers(host.services);
    await runCommand('guardscope.showInterface');
    await runCommand('guardscope.showInterface', 'label_agent');
    const shown = fake.executed.map(([id, uri]) => [
      id,
      String(uri).replace(/^.*\/media/, 'media'),
      (uri as { readonly fragment: string }).fragment,
    ]);
    expect(shown).toEqual([
      ['markdown.showPreviewToSide', 'media/docs/guard-abi.md', ''],
      ['markdown.showPreviewToSide', expect.stringContaining('media/docs/guard-abi.md'), 'label_agent'],
    ]);
  });
});
