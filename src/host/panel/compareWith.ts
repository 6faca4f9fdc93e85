/** Chooses what the decisions of a panel are compared with, and shows two decisions side by side. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { comparableText } from '../../core/diff/comparableText.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import { Failure } from '../../core/base/failure.ts';
import { decideOtherwise } from '../../engine/session/decideOtherwise.ts';
import type { ReplaySettings } from '../../engine/session/runInputs.ts';
import type { Services } from '../base/services.ts';
import { textUri } from '../base/textDocuments.ts';
import type { TraceDocument } from '../base/traceDocument.ts';

interface BaselineItem extends vscode.QuickPickItem {
  /** Asks what is compared with; undefined when the user cancels. */
  readonly ask: () => Promise<Partial<ReplaySettings> | undefined>;
}

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

/** Asks for another guard, policy, configuration or mode, decides the calls with it, and makes that run the baseline. */
export async function compareWith(services: Services, { session }: TraceDocument): Promise<void> {
  const items: readonly BaselineItem[] = [
    { label: 'Another guard…', detail: 'For example an earlier build', ask: fileOf('guard', { Guards: ['wasm'] }) },
    {
      label: 'Another policy…',
      detail: 'For example the one in production',
      ask: fileOf('policy', { Policies: ['json'] }),
    },
    {
      label: 'Another configuration…',
      detail: "All servers of another gateway's configuration",
      ask: fileOf('config', { Configurations: ['toml', 'json'] }),
    },
    ...modes.map((mode) => ({
      label: `Mode "${mode}"`,
      detail: 'Applies when the guard does not set a mode of its own',
      ask: () => Promise.resolve({ mode }),
    })),
  ];
  const placeHolder = 'Decide the calls with something else, and compare';
  const picked = await vscode.window.showQuickPick(items, { placeHolder });
  const patch = await picked?.ask();
  if (patch === undefined) return;
  const label = labelOf(patch);
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: `Deciding with ${label}` }, () =>
    decideOtherwise(session, patch, label, services.engine),
  );
}

function fileOf(role: 'guard' | 'policy' | 'config', filters: Record<string, string[]>): BaselineItem['ask'] {
  return async () => {
    const [uri] = (await vscode.window.showOpenDialog({ filters, openLabel: 'Compare' })) ?? [];
    return uri === undefined ? undefined : { [role]: uri.fsPath };
  };
}

function labelOf({ guard, policy, config, mode }: Partial<ReplaySettings>): string {
  if (mode !== undefined && mode !== null) return `mode "${mode}"`;
  return basename(guard ?? policy ?? config ?? '');
}

/** Opens the decision of a call beside that of the baseline. Throws `panel/no-baseline` when there is none. */
export async function openComparison({ session }: TraceDocument, index: number): Promise<void> {
  const [before, after] = [session.comparison.record(index), session.record(index)];
  if (before === undefined || after === undefined) {
    throw new Failure(
      'panel/no-baseline',
      `Call ${index + 1} has no decision to compare with`,
      'Replay the trace again',
    );
  }
  const { label } = session.comparison.state;
  const name = `call ${index + 1} ${after.tool}`;
  await vscode.commands.executeCommand(
    'vscode.diff',
    textUri(`${name} (${label}).json`, comparableText(before)),
    textUri(`${name}.json`, comparableText(after)),
    `${name}: ${label} ↔ now`,
  );
}
