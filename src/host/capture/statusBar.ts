/** The status bar item of live sessions (red while a guard enforces), "Show Live Sessions", and the notification of a new session. */
import * as vscode from 'vscode';
import { commands, contextKeys, settingDefaults, settingsSection } from '../base/ids.ts';
import { setContext } from '../base/setContext.ts';
import { openTrace } from '../commands/openTrace.ts';
import { type Feature, gather, fileCommand, type Services } from '../base/services.ts';
import {
  type LiveSession,
  liveStatus,
  modeBadge,
  growthText,
  startedText,
} from '../../engine/captureHome/liveSession.ts';
import { stopEnforcing } from './steerGuard.ts';

export const captureStatus: Feature = (services) =>
  gather((store) => {
    const { live } = services;
    const item = store.add(
      vscode.window.createStatusBarItem('guardscope.live', vscode.StatusBarAlignment.Left, statusPriority),
    );
    item.name = 'Guardscope: Live Sessions';
    item.command = commands.showLive;
    const show = (): void => {
      const status = liveStatus(live.all);
      setContext(contextKeys.hasLive, status !== null);
      setContext(contextKeys.hasEnforced, status?.enforcing === true);
      if (status === null) {
        item.hide();
        return;
      }
      item.text = status.text;
      item.tooltip = tooltip(status.lines, status.enforcing);
      item.backgroundColor = status.enforcing ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
      item.accessibilityInformation = { label: [item.name, ...status.lines].join(', ') };
      item.show();
    };
    store.add(live.onDidChange(show));
    store.add(fileCommand(services, commands.showLive, () => showLive(services)));
    store.add(announceStarts(live.onDidStart));
  });

/** Above the priority of most other items, so that the item is at the left. */
const statusPriority = 100;

/** Opens the only live session; asks if there are several, or if a guard enforces and can be stopped. */
async function showLive(services: Services): Promise<void> {
  const sessions = services.live.all;
  const enforced = sessions.filter(({ mode }) => mode === 'enforce');
  const [only] = sessions;
  if (only === undefined) {
    void vscode.window.showInformationMessage('No session is being captured.');
    return;
  }
  if (sessions.length === 1 && enforced.length === 0) return openTrace(vscode.Uri.file(only.path));
  const stop = {
    label: '$(debug-stop) Stop Enforcing',
    description: enforced.map(({ facts }) => facts.server).join(', '),
  };
  const rows = sessions.map((session) => ({
    label: session.facts.server,
    description: `${modeBadge[session.mode]} · ${growthText(session)}`,
    session,
  }));
  const placeHolder = 'Select the live session to open';
  const picked = await vscode.window.showQuickPick<vscode.QuickPickItem & { readonly session?: LiveSession }>(
    [...(enforced.length > 0 ? [stop] : []), ...rows],
    { placeHolder },
  );
  if (picked?.session !== undefined) await openTrace(vscode.Uri.file(picked.session.path));
  else if (picked !== undefined) await stopEnforcing(services, enforced);
}

/** Notifies once per window for each server and mode. */
function announceStarts(
  onDidStart: (listener: (session: LiveSession) => void) => vscode.Disposable,
): vscode.Disposable {
  const announced = new Set<string>();
  return onDidStart((session) => {
    const kind = `${session.mode} ${session.facts.server}`;
    const section = vscode.workspace.getConfiguration(settingsSection);
    if (announced.has(kind) || !section.get<boolean>('capture.notify', settingDefaults['capture.notify'])) return;
    announced.add(kind);
    const open = 'Open';
    const never = "Don't Show Again";
    // Enforcement gets a warning instead of an information message.
    const show = session.mode === 'enforce' ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
    void show(startedText(session), open, never).then(async (answer) => {
      if (answer === open) await openTrace(vscode.Uri.file(session.path));
      if (answer === never) await section.update('capture.notify', false, vscode.ConfigurationTarget.Global);
    });
  });
}

function tooltip(lines: readonly string[], enforcing: boolean): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  text.isTrusted = { enabledCommands: [commands.stopEnforcing] };
  for (const line of lines) text.appendText(`${line}\n`);
  if (enforcing) text.appendMarkdown(`\n\n[$(debug-stop) Stop Enforcing](command:${commands.stopEnforcing})`);
  return text;
}
