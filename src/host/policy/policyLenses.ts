/** Lenses on the clauses of a policy that an open trace is decided with: how many calls each decides. A click shows them in the panel. */
import * as vscode from 'vscode';
import { clauseCalls, clauseLens, waitText } from '../../core/clauses/clauseText.ts';
import { clausesOf, type FileClause } from '../../engine/session/clauses/policyFiles.ts';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import { commands, settingDefaults, settingsSection } from '../base/ids.ts';
import { type Feature, gather, type Services } from '../base/services.ts';
import type { TraceDocument } from '../base/traceDocument.ts';
import { fileOf, maxPolicyLength, sessionWith } from './policySessions.ts';

/** Policies and configurations may have any name. */
const documents: vscode.DocumentSelector = { scheme: 'file' };

export const policyLenses: Feature = (services) =>
  gather((store) => {
    const changed = store.add(new vscode.EventEmitter<void>());
    let listening = store.add(new DisposableStore());
    const follow = (): void => {
      store.delete(listening);
      listening = store.add(new DisposableStore());
      for (const { clauses } of services.sessions.all) listening.add(clauses.onDidChange(() => changed.fire()));
      changed.fire();
    };
    follow();
    store.add(services.sessions.onDidChange(follow));
    store.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${settingsSection}.codeLens`)) changed.fire();
      }),
    );
    store.add(
      vscode.languages.registerCodeLensProvider(documents, {
        onDidChangeCodeLenses: changed.event,
        provideCodeLenses: (document) => (isWanted(document) ? lensesOf(document, services) : []),
      }),
    );
  });

function isWanted(document: vscode.TextDocument): boolean {
  const section = vscode.workspace.getConfiguration(settingsSection, document);
  return section.get<boolean>('codeLens', settingDefaults.codeLens);
}

/** Whether a text is decided with before it is saved. */
function isTried(document: vscode.TextDocument): boolean {
  const section = vscode.workspace.getConfiguration(settingsSection, document);
  return section.get<boolean>('whatIf', settingDefaults.whatIf);
}

function lensesOf(document: vscode.TextDocument, { sessions }: Services): vscode.CodeLens[] {
  const session = sessionWith(document.uri, sessions);
  const text = document.getText();
  const file = session === undefined ? undefined : fileOf(session, document.uri);
  if (session === undefined || file === undefined || text.length > maxPolicyLength) return [];
  const byLine = new Map<number, FileClause[]>();
  for (const clause of clausesOf(file, text)) {
    const { line } = document.positionAt(clause.place.start);
    byLine.set(line, [...(byLine.get(line) ?? []), clause]);
  }
  if (byLine.size === 0 || session.session.run.status !== 'done') return [];
  session.clauses.find();
  return [...byLine].flatMap(([line, clauses]) => {
    const range = new vscode.Range(line, 0, line, 0);
    return commandsFor(session, clauses, document).map((command) => new vscode.CodeLens(range, command));
  });
}

/** What stands above the clauses of one line. While it is not known, that is said once. */
function commandsFor(
  { clauses: search, session, uri }: TraceDocument,
  clauses: readonly FileClause[],
  document: vscode.TextDocument,
): readonly vscode.Command[] {
  const [first] = clauses;
  const { search: state } = search;
  if (first === undefined) return [];
  if (state.kind === 'impossible') return [{ title: `Calls not found: ${state.reason}`, command: '' }];
  if (state.kind === 'long') {
    const title = `$(search) Find the calls that this decides (about ${waitText(state.estimateMs)})`;
    return [{ title, command: commands.findClauses, arguments: [uri] }];
  }
  const isOther = state.kind === 'found' && search.textOf(first.file.path) !== document.getText();
  if (isOther && !(document.isDirty && isTried(document))) {
    return [{ title: 'Calls not found: they were decided with another text of this file', command: '' }];
  }
  if (isOther || state.kind !== 'found')
    return [{ title: '$(sync~spin) Finding the calls that this decides', command: '' }];
  return clauses.flatMap((clause): vscode.Command[] => {
    const effect = search.effect(clause.id) ?? { kind: 'found', decides: new Map(), touches: new Map() };
    const title = clauseLens(clause, effect, session.run.done, clauses.length === 1);
    const isEmpty = effect.kind === 'cannot' || effect.decides.size === 0;
    if (isEmpty) return [{ title, command: '' }];
    const what = clauseCalls(clause, effect, session.run.done);
    const tooltip = `Show the calls in the panel: ${clause.entry ?? clause.field} ${what}`;
    return [{ title, tooltip, command: commands.showClause, arguments: [uri, clause.id] }];
  });
}
