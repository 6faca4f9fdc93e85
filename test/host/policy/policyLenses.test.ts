/** Lenses on the clauses of a policy, while the panel of a trace that is decided with it is open. */
import { writeFileSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Disposable } from 'vscode';
import { noFilter } from '../../../src/core/protocol/rows.ts';
import type { Services } from '../../../src/host/base/services.ts';
import type { TraceDocument } from '../../../src/host/base/traceDocument.ts';
import { clauseCommands } from '../../../src/host/policy/clauseCommands.ts';
import { policyLenses } from '../../../src/host/policy/policyLenses.ts';
import { patiently } from '../../support/patience.ts';
import { proves } from '../../support/proves.ts';
import { fake, type FakeDocument, fakeDocument, fire, resetVscode, runCommand } from '../../support/vscode/api.ts';
import { fakeServices } from '../../support/vscode/hostServices.ts';
import { closeEngine, openPanel, SampleWorkspace } from '../../support/vscode/hostTraces.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

interface Lens {
  readonly range: { readonly start: { readonly line: number } };
  readonly command: {
    readonly title: string;
    readonly command: string;
    readonly tooltip?: string;
    readonly arguments?: readonly unknown[];
  };
}

interface LensProvider {
  onDidChangeCodeLenses(listener: () => void): Disposable;
  provideCodeLenses(document: FakeDocument): readonly Lens[];
}

let services: Services;
let workspace: SampleWorkspace;
let document: TraceDocument;
let features: readonly Disposable[];

const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: patiently(20_000), interval: 20 });
const lenses = (of: FakeDocument): readonly Lens[] => (fake.lensProvider as LensProvider).provideCodeLenses(of);
const titles = (of: FakeDocument): readonly string[] => lenses(of).map(({ command }) => command.title);
const policyEditor = (text = readFileSync(workspace.policy, 'utf8')): FakeDocument =>
  fakeDocument(workspace.policy, text, 'json');

beforeEach(async () => {
  resetVscode();
  ({ services } = fakeServices());
  workspace = new SampleWorkspace(services);
  features = [policyLenses(services), clauseCommands(services)];
  document = await workspace.open();
  await eventually(() => expect(document.session.run.status).toBe('done'));
});
afterEach(() => {
  for (const feature of features) feature.dispose();
  workspace.close();
});
afterAll(closeEngine);

describe('the policy of an open trace', () => {
  it('has lenses that say how many calls each clause decides', async () => {
    proves('own:policy-clauses');
    const editor = policyEditor();
    expect(new Set(titles(editor))).toEqual(new Set(['$(sync~spin) Finding the calls that this decides']));
    await eventually(() => expect(titles(editor)).toHaveLength(6));
    expect(titles(editor)).toEqual([
      expect.stringMatching(/^repos: decides \d+ of 32 calls$/),
      expect.stringMatching(/^workspace\/customers: \d+ calls$/),
      expect.stringMatching(/^workspace\/docs: \d+ calls$/),
      expect.stringMatching(/^workspace\/inbox: \d+ calls$/),
      expect.stringMatching(/^workspace\/outbox: \d+ calls$/),
      expect.stringMatching(/^decides \d+ of 32 calls$/),
    ]);
    expect(lenses(editor).map(({ range }) => range.start.line)).toEqual([2, 2, 2, 2, 2, 3]);
  });

  it('is asked for again when something was found, and shows nothing while it is off', async () => {
    let changes = 0;
    (fake.lensProvider as LensProvider).onDidChangeCodeLenses(() => changes++);
    const editor = policyEditor();
    lenses(editor);
    await eventually(() => expect(titles(editor)).toHaveLength(6));
    expect(changes).toBeGreaterThan(1);
    fire.changeSetting('guardscope.codeLens', false);
    expect(titles(editor)).toEqual([]);
    fire.changeSetting('guardscope.codeLens', true);
    expect(titles(editor)).toHaveLength(6);
  });

  it('that is edited waits for the decisions with the text', async () => {
    const editor = policyEditor();
    lenses(editor);
    await eventually(() => expect(titles(editor)).toHaveLength(6));
    const text = '{"allow-only":{"repos":"public","min-integrity":"none"}}';
    const spinning = ['$(sync~spin) Finding the calls that this decides'];
    const typed = { ...policyEditor(text), isDirty: true };
    expect(titles(typed)).toEqual(spinning);
    expect(titles(policyEditor(text))).toEqual(['Calls not found: they were decided with another text of this file']);
    await document.session.whatIf.decide(workspace.policy, text, 0);
    expect(titles(typed)).toEqual(spinning);
    await eventually(() => expect(titles(policyEditor(text))).toHaveLength(2));
    expect(titles(policyEditor(text))).toEqual([
      expect.stringMatching(/^repos: decides \d+ of 32 calls$/),
      'min-integrity: is the widest value, which decides no call',
    ]);
  });

  it('says why the calls are not known', async () => {
    fire.changeSetting('guardscope.watch', false);
    const editor = policyEditor();
    writeFileSync(workspace.policy, '{"allow-only":{"repos":"public","min-integrity":"none"}}');
    lenses(editor);
    await eventually(() =>
      expect(titles(editor)[0]).toMatch(/^Calls not found: another run decides call \d+ differently/),
    );
  });

  it('has no lenses in other files, nor in one that is not a policy', () => {
    expect(titles(fakeDocument(workspace.path('other.json'), policyEditor().getText(), 'json'))).toEqual([]);
    expect(titles(policyEditor('{'))).toEqual([]);
    expect(titles(policyEditor(`${policyEditor().getText()}${' '.repeat(1_000_000)}`))).toEqual([]);
  });

  it('has no lenses when the trace is closed', () => {
    document.dispose();
    expect(titles(policyEditor())).toEqual([]);
  });
});

describe('a click on a lens', () => {
  it('filters the panel by the clause, also one that opens later', async () => {
    proves('own:clause-and-call');
    const editor = policyEditor();
    lenses(editor);
    await eventually(() => expect(titles(editor)).toHaveLength(6));
    const { command } = lenses(editor)[1] ?? expect.fail('the line has no second lens');
    expect(lenses(editor)[5]?.command.tooltip).toMatch(
      /min-integrity decides \d+ of 32 calls: .* \(compared with "none"\)$/,
    );
    expect(command).toMatchObject({
      command: 'guardscope.showClause',
      arguments: [document.uri, 'repos=workspace/customers'],
    });
    const panel = openPanel(services, document);
    await runCommand(command.command, ...(command.arguments ?? []));
    await eventually(() => expect(panel.queries).toEqual(['clause:repos=workspace/customers']));
    panel.close();
    await runCommand(command.command, document.uri, 'blocked-users=a b');
    const later = openPanel(services, document);
    await later.view.ask('hello', {});
    await eventually(() => expect(later.queries).toEqual(['clause:"blocked-users=a b"']));
    const { total, rows } = await later.view.ask('rows', {
      from: 0,
      count: 100,
      filter: { ...noFilter, clauses: ['repos=workspace/customers'] },
    });
    expect(command.title).toContain(`: ${total} calls`);
    expect(rows.map(({ index }) => index + 1)).toContain(29);
    later.close();
  });

  it('does nothing for a trace that was closed', async () => {
    const { uri } = document;
    document.dispose();
    await runCommand('guardscope.showClause', uri, 'repos');
    expect(fake.messages).toEqual([]);
  });
});

describe('the decision of a call', () => {
  it('names its clauses, and a click opens the policy at the clause', async () => {
    proves('own:clause-and-call');
    const panel = openPanel(services, document);
    await panel.view.ask('clauses', { index: 28 });
    await eventually(() => expect(document.clauses.search.kind).toBe('found'));
    const { state, rows } = await panel.view.ask('clauses', { index: 28 });
    expect(state).toBe('found');
    expect(rows[0]).toMatchObject({ how: 'decides', title: '"workspace/customers" in repos', would: 'allowed' });
    fake.documents.push(policyEditor());
    await panel.click({ run: 'openClause', clause: 'repos=workspace/customers' });
    const [shown] = fake.opened;
    expect(shown?.uri.fsPath).toBe(workspace.policy);
    expect(shown?.options).toMatchObject({
      viewColumn: -2,
      selection: { start: { line: 2, character: 14 }, end: { line: 2, character: 35 } },
    });
    await expect(panel.click({ run: 'openClause', clause: 'gone' })).rejects.toMatchObject({
      code: 'policy/clause-gone',
    });
    panel.close();
  });

  it('finds them on demand, however long it takes', async () => {
    const panel = openPanel(services, document);
    await panel.click({ run: 'findClauses' });
    await eventually(() => expect(document.clauses.search.kind).toBe('found'));
    panel.close();
  });
});
