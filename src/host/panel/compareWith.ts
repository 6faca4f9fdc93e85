/** Chooses what the decisions of a panel are compared with, and shows two decisions side by side. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { comparableText } from '../../core/diff/comparableText.ts';
import type { DecisionRecord, EnforcementMode } from '../../core/difc/record/decision.ts';
import { Failure } from '../../core/base/failure.ts';
import type { JsonObject } from '../../core/base/json.ts';
import { decidedFacts, recordedFacts, type RecordedOutcome } from '../../core/replay/recordedOutcome.ts';
import { compareRecorded, recordedLabel } from '../../engine/recorded/compareRecorded.ts';
import { decideOtherwise } from '../../engine/session/decideOtherwise.ts';
import type { ReplaySettings } from '../../engine/session/runInputs.ts';
import type { Services } from '../base/services.ts';
import { textUri } from '../base/textDocuments.ts';
import type { TraceDocument } from '../base/traceDocument.ts';

/** What is compared with: a run with other inputs, the recorded session, or the run on show (`pin`) or the run before (`unpin`) from now on. */
type Compared = Partial<ReplaySettings> | 'recorded' | 'pin' | 'unpin';

interface BaselineItem extends vscode.QuickPickItem {
  /** Asks what is compared with; undefined when the user cancels. */
  readonly ask: () => Promise<Compared | undefined>;
}

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

/** Asks for the recorded session, or for another guard, policy, configuration or mode to decide the calls with, and makes that the baseline. */
export async function compareWith(services: Services, { session }: TraceDocument): Promise<void> {
  const items: readonly BaselineItem[] = [
    {
      label: 'This run',
      detail: 'Pins it: the runs that follow are compared with these decisions',
      ask: () => Promise.resolve('pin'),
    },
    ...(session.comparison.state.pinned
      ? [
          {
            label: 'The run before',
            detail: 'Unpins the baseline',
            ask: () => Promise.resolve('unpin' as const),
          },
        ]
      : []),
    {
      label: 'What was recorded',
      detail: "The decisions of the captured guard, or the ends of calls in the gateway's log",
      ask: () => Promise.resolve('recorded'),
    },
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
  const placeHolder = 'Compare the decisions with what was recorded, or with those of something else';
  const picked = await vscode.window.showQuickPick(items, { placeHolder });
  const compared = await picked?.ask();
  if (compared === undefined) return;
  if (compared === 'pin') return pinRun(session);
  if (compared === 'unpin') return session.comparison.unpin();
  const label = compared === 'recorded' ? recordedLabel : labelOf(compared);
  const title = compared === 'recorded' ? `Reading ${label}` : `Deciding with ${label}`;
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    compared === 'recorded' ? compareRecorded(session) : decideOtherwise(session, compared, label, services.engine),
  );
}

/** Compares the runs that follow with the one on show. */
export function pinRun({ comparison }: TraceDocument['session']): void {
  comparison.pinRun(`the run of ${new Date().toLocaleTimeString()}`);
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

/** Opens the decision of a call beside that of the baseline, or beside its recorded end. Throws `panel/no-baseline` when there is neither. */
export async function openComparison({ session }: TraceDocument, index: number): Promise<void> {
  const { comparison } = session;
  const after = session.record(index);
  const texts = after === undefined ? null : textsOf(comparison.record(index), comparison.end(index), after);
  if (after === undefined || texts === null) {
    throw new Failure(
      'panel/no-baseline',
      `Call ${index + 1} has no decision to compare with`,
      'Replay the trace again, or compare with another baseline',
    );
  }
  const { label } = comparison.state;
  const name = `call ${index + 1} ${after.tool}`;
  await vscode.commands.executeCommand(
    'vscode.diff',
    textUri(`${name} (${label}).json`, texts.before),
    textUri(`${name}.json`, texts.after),
    `${name}: ${label} ↔ now`,
  );
}

/** Both sides of a comparison; null when there is nothing to compare with. */
function textsOf(
  before: DecisionRecord | undefined,
  end: RecordedOutcome | null,
  after: DecisionRecord,
): { readonly before: string; readonly after: string } | null {
  if (before !== undefined) return { before: comparableText(before), after: comparableText(after) };
  if (end === null) return null;
  const text = (facts: JsonObject): string => `${JSON.stringify(facts, null, 2)}\n`;
  return { before: text(recordedFacts(end)), after: text(decidedFacts(end, after)) };
}
