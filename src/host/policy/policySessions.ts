/** The open traces that are decided with the policy of an editor. */
import type * as vscode from 'vscode';
import { type PolicyFile, policyFilesOf } from '../../engine/session/clauses/policyFiles.ts';
import type { Services } from '../base/services.ts';
import type { TraceDocument } from '../base/traceDocument.ts';

/** Longer files are not looked at: neither a policy nor a configuration. */
export const maxPolicyLength = 1_000_000;

/** The open trace that is decided with a file: the active one, or else the one that was opened last. */
export function sessionWith(uri: vscode.Uri, sessions: Services['sessions']): TraceDocument | undefined {
  const { active } = sessions;
  const all = active === undefined ? sessions.all : [...sessions.all, active];
  return all.findLast((session) => fileOf(session, uri) !== undefined);
}

/** The file as a trace uses it; undefined when it does not. */
export function fileOf({ session }: TraceDocument, { fsPath }: vscode.Uri): PolicyFile | undefined {
  return policyFilesOf(session.settings).find(({ path }) => path === fsPath);
}
