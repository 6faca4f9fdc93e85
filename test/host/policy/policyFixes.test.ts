/** Quick fixes in a policy: what is offered for a diagnostic, and what it does to the text. */
import { beforeEach, expect, it, vi } from 'vitest';
import type { Diagnostic } from 'vscode';
import { policyDiagnostics } from '../../../src/host/diagnostics/policyDiagnostics.ts';
import { policyFixes } from '../../../src/host/policy/policyFixes.ts';
import { proves } from '../../support/proves.ts';
import { fake, type FakeDocument, fakeDocument, Range, resetVscode, Uri } from '../../support/vscode/api.ts';
import { fakeServices } from '../../support/vscode/hostServices.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

interface Action {
  readonly title: string;
  readonly isPreferred: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly edit: { readonly edits: readonly { readonly uri: Uri; readonly range: Range; readonly text: string }[] };
}

interface ActionProvider {
  provideCodeActions(
    document: FakeDocument,
    range: Range,
    context: { readonly diagnostics: readonly unknown[] },
  ): readonly Action[];
}

beforeEach(resetVscode);

/** The fixes that are offered for the diagnostics of a policy, and for others. */
function offered(text: string, others: readonly unknown[] = []): readonly Action[] {
  const { services } = fakeServices();
  const document = fakeDocument('/w/policy.json', text);
  fake.documents.push(document);
  policyDiagnostics(services);
  policyFixes(services);
  const found = fake.diagnostics.get('guardscope.policy')?.get('/w/policy.json') ?? [];
  const range = new Range(0, 0, 0, 0);
  return (fake.actionProvider as ActionProvider).provideCodeActions(document, range, {
    diagnostics: [...found, ...others],
  });
}

it('replace a misspelt word', () => {
  proves('own:policy-fixes');
  const [action, ...more] = offered('{\n  "allow-only": { "repos": "all", "min-integrity": "aproved" }\n}');
  expect(more).toEqual([]);
  expect(action).toMatchObject({ title: 'Replace by "approved"', isPreferred: true });
  expect(action?.diagnostics).toHaveLength(1);
  expect(action?.edit.edits).toEqual([
    { uri: Uri.file('/w/policy.json'), range: new Range(1, 51, 1, 60), text: '"approved"' },
  ]);
});

it('are not offered for other problems, nor where the hint is an example', () => {
  const other = { source: 'json', code: 1, message: 'Did you mean "x"?', range: new Range(0, 0, 0, 1) };
  expect(offered('{"allow-only": {"repos": [5], "min-integrity": "none"}}', [other])).toEqual([]);
});

it('are gone with the extension', () => {
  policyFixes(fakeServices().services).dispose();
  expect(fake.actionProvider).toBeNull();
});
