/** A call that is changed in an editor beside the panel: pauses decide anew, mistakes are marked, and the panel's commands change the text. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FileSystemProvider, Uri as RealUri } from 'vscode';
import { jsonText } from '../../../src/core/base/jsonText.ts';
import type { JsonObject } from '../../../src/core/base/json.ts';
import type { TraceDocument } from '../../../src/host/base/traceDocument.ts';
import { createTest } from '../../../src/host/tests/createCommand.ts';
import { editCalls } from '../../../src/host/whatIf/editCalls.ts';
import { patiently } from '../../support/patience.ts';
import { proves } from '../../support/proves.ts';
import {
  fake,
  type FakeDocument,
  fakeDocument,
  fire,
  resetVscode,
  TabInputText,
  Uri,
} from '../../support/vscode/api.ts';
import { fakeServices, type FakeServices } from '../../support/vscode/hostServices.ts';
import { closeEngine, type FakePanel, openPanel, SampleWorkspace } from '../../support/vscode/hostTraces.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

/** Call 22, which writes what the agent has read. */
const write = 21;
const cleared = { agent: { secrecy: [], integrity: [] } };

let host: FakeServices;
let workspace: SampleWorkspace;
let document: TraceDocument;
let panel: FakePanel;
let feature: { dispose(): void };

const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: patiently(20_000), interval: 20 });

beforeEach(async () => {
  resetVscode();
  host = fakeServices();
  workspace = new SampleWorkspace(host.services);
  fake.tabs.push({ input: new TabInputText(Uri.parse('guardscope-call:/old/call 1 x.guardchange.json')) });
  feature = editCalls(host.services);
  document = await workspace.open();
  panel = openPanel(host.services, document);
  await eventually(() => expect(document.session.run.status).toBe('done'));
});
afterEach(() => {
  feature.dispose();
  panel.close();
  workspace.close();
});
afterAll(closeEngine);

/** The text that was opened last, as an editor reads it. */
function opened(): { readonly uri: Uri; readonly text: string } {
  const uri = fake.opened.at(-1)?.uri;
  if (uri === undefined) throw new Error('no text was opened');
  const files = fake.fileSystems.get(uri.scheme) as FileSystemProvider;
  const bytes = files.readFile(uri as unknown as RealUri) as Uint8Array;
  return { uri, text: new TextDecoder().decode(bytes) };
}

/** What the user types into the text. */
function type(uri: Uri, text: string): FakeDocument & { readonly saves: () => number } {
  let saved = 0;
  const save = async (): Promise<boolean> => {
    saved++;
    return true;
  };
  const typed = { ...fakeDocument(uri.path, text), uri, isDirty: true, save, saves: () => saved };
  fake.documents = [typed];
  fire.changeDocument(typed);
  return typed;
}

const marked = (uri: Uri): readonly string[] =>
  (fake.diagnostics.get('guardscope.changes')?.get(uri.fsPath) ?? []).map(
    ({ message, range }) => `${range.start.line + 1}: ${message.split('\n')[0]}`,
  );

async function openCall(call = write, place?: string): Promise<{ readonly uri: Uri; readonly value: JsonObject }> {
  await panel.click({ run: 'changeCall', call, ...(place === undefined ? {} : { place }) });
  const { uri, text } = opened();
  return { uri, value: JSON.parse(text) as JsonObject };
}

describe('a call that is changed', () => {
  it('is opened beside the panel with all that can be changed, at the place that was asked for', async () => {
    proves('own:change-call');
    const { uri, value } = await openCall();
    expect(Object.keys(value)).toEqual(expect.arrayContaining(['arguments', 'agent', 'mode']));
    expect(uri.path).toBe(`${workspace.trace}/call 22 write_file.guardchange.json`);
    expect(fake.opened.at(-1)?.options).toMatchObject({ viewColumn: -2, selection: { start: { line: 1 } } });
    await openCall(write, '/mode');
    const line = opened()
      .text.split('\n')
      .findIndex((each) => each.includes('"mode"'));
    expect(fake.opened.at(-1)?.options).toMatchObject({ selection: { start: { line } } });
    // Texts of a window before were in memory only.
    expect(fake.tabs).toEqual([]);
  });

  it('is decided after a pause, and its text counts as saved', async () => {
    proves('own:change-call');
    const { uri, value } = await openCall();
    type(uri, '{');
    const typed = type(uri, jsonText({ ...value, ...cleared }));
    await eventually(() => expect(document.session.record(write)?.outcome).toBe('denied'));
    expect(marked(uri)).toEqual([]);
    await eventually(() => expect(typed.saves()).toBe(1));
    await eventually(() =>
      expect(panel.announced.at(-1)?.whatIf).toMatchObject({ total: 2, canUndo: true, canRedo: false }),
    );
  });

  it('has its mistakes marked, and the last decisions stay', async () => {
    proves('own:change-call');
    const { uri, value } = await openCall();
    type(uri, jsonText({ ...value, ...cleared }));
    await eventually(() => expect(document.session.record(write)?.outcome).toBe('denied'));
    type(uri, '{\n  "mode": strict\n}');
    await eventually(() =>
      expect(marked(uri)).toEqual([expect.stringContaining('2: The text of call 22 is not JSON')]),
    );
    type(uri, '{\n  "agent": {\n    "secrecy": [""]\n  }\n}');
    await eventually(() =>
      expect(marked(uri)).toEqual([
        expect.stringContaining('3: The changes of call 22 cannot be used: its "agent" has "" as'),
      ]),
    );
    expect(document.session.record(write)?.outcome).toBe('denied');
    type(uri, jsonText(value));
    await eventually(() => expect(marked(uri)).toEqual([]));
    await eventually(() => expect(document.session.record(write)?.outcome).toBe('allowed'));
    fire.closeDocument({ ...fakeDocument(uri.path, ''), uri, isClosed: true });
  });

  it('says in its text when the trace has another call in its place, or is closed', async () => {
    const { uri, value } = await openCall();
    const { trace } = document.session;
    const calls = trace.calls.slice(1).map((call, index) => ({ ...call, index }));
    document.session.replaceTrace({ ...trace, calls });
    type(uri, jsonText({ ...value, ...cleared }));
    await eventually(() =>
      expect(marked(uri)).toEqual([
        expect.stringContaining('1: Call 22 cannot be changed here any more: the trace was'),
      ]),
    );
    host.services.sessions.delete(document);
    type(uri, jsonText({ ...value, mode: 'strict' }));
    await eventually(() => expect(marked(uri)).toEqual([expect.stringContaining('its trace is closed')]));
  });
});

describe('the commands of the panel', () => {
  it('undo, make again and drop changes, also in the text', async () => {
    proves('own:change-call');
    const { uri, value } = await openCall();
    type(uri, jsonText({ ...value, ...cleared }));
    await eventually(() => expect(document.session.record(write)?.outcome).toBe('denied'));
    await panel.click({ run: 'undoChange' });
    expect(document.session.record(write)?.outcome).toBe('allowed');
    expect(JSON.parse(fake.documents[0]?.getText() ?? '')).toEqual(value);
    await panel.click({ run: 'redoChange' });
    expect(document.session.record(write)?.outcome).toBe('denied');
    expect(JSON.parse(fake.documents[0]?.getText() ?? '')).toEqual({ ...value, ...cleared });
    fake.answer = ({ actions }) => actions[0];
    await panel.click({ run: 'dropChanges' });
    expect(fake.messages.at(-1)).toMatchObject({ text: 'Dropped 2 changes of the session', actions: ['Undo'] });
    await eventually(() => expect(document.session.record(write)?.outcome).toBe('denied'));
  });

  it('look at a mode that the guard does not set', async () => {
    proves('own:change-call');
    await panel.click({ run: 'setWhatIfMode', mode: 'strict' });
    expect(await panel.view.ask('hello', {})).toMatchObject({
      guardMode: 'filter',
      whatIf: { mode: 'strict', total: 1 },
    });
    await panel.click({ run: 'setWhatIfMode', mode: null });
    expect(await panel.view.ask('hello', {})).toMatchObject({ guardMode: 'filter', whatIf: { mode: null, total: 0 } });
  });

  it('write the changes, and say what to run', async () => {
    proves('own:change-call');
    const { uri, value } = await openCall();
    type(uri, jsonText({ ...value, ...cleared }));
    await eventually(() => expect(document.session.record(write)?.outcome).toBe('denied'));
    const target = workspace.path("the user's changes.json");
    await panel.click({ run: 'writeChanges' });
    expect(existsSync(target)).toBe(false);
    fake.chooseFile = () => target;
    fake.answer = ({ actions }) => actions[0];
    await panel.click({ run: 'writeChanges' });
    expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual({
      changes: [{ call: 22, tool: 'write_file', ...cleared }],
    });
    expect(fake.clipboard).toBe(
      `guardscope replay ${workspace.trace} --guard ${workspace.guard} --policy ${workspace.policy} --mode strict --changes '${workspace.folder}/the user'\\''s changes.json'`,
    );
  });

  it('say that exported decisions are hypothetical, and refuse a guard test of them', async () => {
    proves('own:change-call');
    await document.session.changes.set(write, cleared, 0);
    const target = workspace.path('decisions.jsonl');
    fake.chooseFile = () => target;
    await panel.click({ run: 'exportDecisions' });
    expect(fake.messages.at(-1)?.text).toContain('11 of them are hypothetical, because you changed calls');
    const lines = readFileSync(target, 'utf8').trimEnd().split('\n');
    const parts = lines.map((line) => (JSON.parse(line) as { hypothetical?: readonly string[] }).hypothetical);
    expect(parts.slice(write - 1, write + 2)).toEqual([undefined, ['agent'], []]);
    await expect(createTest(host.services, write)).rejects.toMatchObject({ code: 'guardtest/hypothetical' });
  });
});
