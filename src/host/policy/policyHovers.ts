/** Hovers on the clauses of a policy: the gateway's meaning, and the calls of the open trace that the clause decides. */
import * as vscode from 'vscode';
import { clauseCalls } from '../../core/clauses/clauseText.ts';
import { policyHover } from '../../core/clauses/policyHover.ts';
import { clausesOf, type FileClause, policiesOf, type PolicyFile } from '../../engine/session/clauses/policyFiles.ts';
import { type Feature, gather, type Services } from '../base/services.ts';
import { fileOf, maxPolicyLength, sessionWith } from './policySessions.ts';

/** Policies and configurations may have any name. */
const documents: vscode.DocumentSelector = { scheme: 'file' };

/** Names of policy files that VS Code explains by the schema that we contribute. */
const hasSchema = /(?:^|[\\/])(?:policy|[^\\/]*\.(?:policy|guardpolicy))\.json$/i;

/** What a configuration with policies has. */
const configWords = /"mcpServers"|guard_policies|guard-policies|^\s*\[guards\./m;

export const policyHovers: Feature = (services) =>
  gather((store) => {
    store.add(
      vscode.languages.registerHoverProvider(documents, {
        provideHover(document, position) {
          const text = document.getText();
          if (text.length > maxPolicyLength) return undefined;
          const file = policyFileOf(document.uri, text, services);
          const at = document.offsetAt(position);
          const found = file === null ? null : policyHover(policiesOf(file, text), at);
          if (file === null || found === null) return undefined;
          const about = file.role === 'policy' && hasSchema.test(file.path) ? [] : [found.text];
          const parts = [...about, ...callsAt(clausesOf(file, text), at, text, services)];
          const range = new vscode.Range(document.positionAt(found.span.start), document.positionAt(found.span.end));
          return parts.length === 0
            ? undefined
            : new vscode.Hover(new vscode.MarkdownString(parts.join('\n\n')), range);
        },
      }),
    );
  });

/** The file as an open trace uses it, or a file that looks like a configuration with policies. */
function policyFileOf(uri: vscode.Uri, text: string, { sessions }: Services): PolicyFile | null {
  const session = sessionWith(uri, sessions);
  const used = session === undefined ? undefined : fileOf(session, uri);
  if (used !== undefined) return used;
  return /\.(?:toml|json)$/i.test(uri.path) && configWords.test(text) ? { path: uri.fsPath, role: 'config' } : null;
}

/** The calls that the clause under the cursor decides, when they are known. */
function callsAt(clauses: readonly FileClause[], at: number, text: string, { sessions }: Services): readonly string[] {
  const clause = clauses.find(({ place }) => place.start <= at && at < place.end);
  const document = clause === undefined ? undefined : sessionWith(vscode.Uri.file(clause.file.path), sessions);
  const search = document?.clauses;
  const effect = clause === undefined ? undefined : search?.effect(clause.id);
  const isKnown = search?.search.kind === 'found' && clause !== undefined && search.textOf(clause.file.path) === text;
  if (document === undefined || !isKnown || effect === undefined) return [];
  const what = clauseCalls(clause, effect, document.session.run.done);
  return [`${what.slice(0, 1).toUpperCase()}${what.slice(1)}`];
}
