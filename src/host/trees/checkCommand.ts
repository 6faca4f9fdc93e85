/** "Check Guard": runs the checks of `guardscope check`, with the open trace when its guard is checked, and shows the report. */
import * as vscode from 'vscode';
import type { CheckResult } from '../../core/check/checkModel.ts';
import { countResults, reportText, summaryText } from '../../core/check/checkText.ts';
import { formatProblem, type Problem } from '../../core/base/parsed.ts';
import { type CheckFiles, checkGuard } from '../../engine/check/checkGuard.ts';
import type { Services } from '../base/services.ts';
import { signalOf } from '../base/signals.ts';
import { showText } from '../base/textDocuments.ts';
import { requireTrust } from '../base/trust.ts';

/** A guard call takes some milliseconds; one that takes this long hangs. */
const deadlineMs = 10_000;

/** The language of reports, whose long lines wrap (package.json). */
const reportExtension = '.guardreport';

/** The guard of the open trace; undefined without one. */
export function activeGuard({ sessions }: Pick<Services, 'sessions'>): vscode.Uri | undefined {
  const guard = sessions.active?.session.settings.guard ?? null;
  return guard === null || guard === 'noop' ? undefined : vscode.Uri.file(guard);
}

/** Checks a guard and opens the report; a cancelled check shows what was found until then. Throws what `checkGuard` throws. */
export async function checkAndShow(uri: vscode.Uri, services: Services): Promise<void> {
  requireTrust('Check Guard');
  const title = vscode.workspace.asRelativePath(uri);
  const problems: Problem[] = [];
  const results = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Checking ${title}`, cancellable: true },
    (progress, token) =>
      checkGuard(filesOf(uri, services), services.engine, {
        signal: signalOf(token),
        onProblem: (problem) => problems.push(problem),
        onResult: ({ title: message }: CheckResult) => progress.report({ message }),
      }),
  );
  const head = problems.map((problem) => `${formatProblem(problem)}\n`).join('');
  // What was found is in view when the report opens.
  const top = `${title}: ${summaryText(countResults(results))}`;
  await showText(
    `${title} check${reportExtension}`,
    `${top}\n\n${head === '' ? '' : `${head}\n`}${reportText(results)}`,
  );
}

/** The guard, and the open trace with its policy when it is replayed through this guard. */
function filesOf(uri: vscode.Uri, { sessions }: Services): CheckFiles {
  const { active } = sessions;
  const alone = { guard: uri.fsPath, policy: null, traces: [], server: null, deadlineMs };
  if (active === undefined || active.session.settings.guard !== uri.fsPath) return alone;
  const { policy, server } = active.session.settings;
  return { ...alone, policy, server, traces: [active.uri.fsPath] };
}
