/** Puts a guard before a session that runs, lets it decide, and takes that back: tells the tap through the file beside the capture. */
import * as vscode from 'vscode';
import { Failure } from '../../core/base/failure.ts';
import { type LiveControl, writeControl } from '../../engine/liveGuard/controlFile.ts';
import { commands } from '../base/ids.ts';
import { pickGuardFile, pickPolicyFile } from '../commands/choose.ts';
import { rememberChoice, rememberedChoice, sessionSettings } from '../base/settings.ts';
import { type Feature, gather, fileCommand, type Services } from '../base/services.ts';
import { type LiveSession, modeBadge } from '../../engine/captureHome/liveSession.ts';

export const steerGuard: Feature = (services) =>
  gather((store) => {
    const command = (id: string, run: (uri: vscode.Uri | undefined) => Promise<void>): void => {
      store.add(fileCommand(services, id, run));
    };
    command(commands.watchLive, async (uri) => {
      const session = await chosenSession(services, uri, 'Choose the session that a guard shall watch', () => true);
      if (session !== undefined) await watch(services, session);
    });
    command(commands.enforceLive, async (uri) => {
      const mayBe = ({ mode }: LiveSession): boolean => mode !== 'enforce';
      const session = await chosenSession(services, uri, 'Choose the session that a guard shall decide', mayBe);
      if (session !== undefined) await enforce(services, session);
    });
    command(commands.stopEnforcing, async (uri) => {
      const one = services.live.get(uri?.fsPath ?? '');
      await stopEnforcing(services, one === undefined ? services.live.all.filter(isEnforced) : [one]);
    });
  });

/** The kill switch: from the next call on clients get what their servers say, and the guards only watch. */
export async function stopEnforcing({ live }: Services, sessions: readonly LiveSession[]): Promise<void> {
  for (const { path, facts } of sessions) writeControl(path, { ...guardOf(facts), mode: 'watch' });
  await live.look();
  const names = sessions.map(({ facts }) => `"${facts.server}"`).join(', ');
  const sentence =
    names === '' ? 'No guard enforces now' : `Clients of ${names} get from the next call on what the server says`;
  void vscode.window.showInformationMessage(sentence);
}

async function watch(services: Services, session: LiveSession): Promise<void> {
  const chosen = await chooseInputs(services, session);
  if (chosen === undefined) return;
  // Another guard for a session that is enforced goes on enforcing.
  const mode = isEnforced(session) ? 'enforce' : 'watch';
  writeControl(session.path, { ...chosen, mode });
  await services.live.look();
  const { server } = session.facts;
  void vscode.window.showInformationMessage(
    `${vscode.workspace.asRelativePath(chosen.guard)} looks at "${server}" from the next call on`,
  );
}

async function enforce(services: Services, session: LiveSession): Promise<void> {
  const { facts } = session;
  const chosen = session.mode === 'watch' ? guardOf(facts) : await chooseInputs(services, session);
  if (chosen?.guard === undefined) return;
  const message = `Let ${vscode.workspace.asRelativePath(chosen.guard)} decide what the client of "${facts.server}" gets?`;
  const detail = [
    'From the next call on the client gets what the gateway would give it: denied calls are errors, withheld items are missing.',
    'A guard that fails, traps or is missing lets nothing through.',
    'The status bar is red as long as it lasts; a click there stops it.',
  ].join('\n\n');
  const yes = 'Enforce';
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  if (answer !== yes) return;
  writeControl(session.path, { ...chosen, mode: 'enforce' });
  await services.live.look();
}

/** Guard and policy, those of the capture's settings first; undefined when the user thought better of it. */
async function chooseInputs(
  { context, sessions }: Services,
  { path, facts }: LiveSession,
): Promise<{ readonly guard: string; readonly policy?: string } | undefined> {
  const uri = vscode.Uri.file(path);
  const known = sessionSettings(uri, rememberedChoice(context.workspaceState, uri));
  const guard = await pickGuardFile(
    `Guard for "${facts.server}"`,
    facts.mode === 'off' ? known.guard : (facts.guard ?? known.guard),
  );
  if (guard === undefined) return undefined;
  const policy = await pickPolicyFile(
    `Policy for ${vscode.workspace.asRelativePath(guard)}`,
    facts.policy ?? known.policy,
  );
  if (policy === undefined) return undefined;
  const choice = { guard: guard.fsPath, policy: policy.fsPath };
  // The panel of the session replays with the same.
  const open = sessions.all.find((each) => each.uri.fsPath === path);
  if (open === undefined) await rememberChoice(context.workspaceState, uri, choice);
  else await open.choose(choice);
  return choice;
}

async function chosenSession(
  { live }: Services,
  uri: vscode.Uri | undefined,
  placeHolder: string,
  mayBe: (session: LiveSession) => boolean,
): Promise<LiveSession | undefined> {
  if (uri !== undefined) {
    const session = live.get(uri.fsPath);
    if (session !== undefined) return requireGuarded(session);
    throw new Failure('capture/not-live', `Nobody captures "${uri.fsPath}" any more`, 'Start its server again');
  }
  const sessions = live.all.filter(mayBe);
  if (sessions.length === 0) {
    void vscode.window.showInformationMessage('No session is captured now: run "Guardscope: Capture MCP Server…"');
    return undefined;
  }
  const [only] = sessions;
  if (sessions.length === 1 && only !== undefined) return requireGuarded(only);
  const items = sessions.map((session) => ({
    label: session.facts.server,
    description: modeBadge[session.mode],
    detail: session.path,
    session,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder });
  return picked === undefined ? undefined : requireGuarded(picked.session);
}

/** A tap says from its start whether a guard may look at its traffic. */
function requireGuarded(session: LiveSession): LiveSession {
  const { server, mode } = session.facts;
  if (mode !== undefined) return session;
  const hint = 'Capture its server with "Guardscope: Capture MCP Server…", or give the tap --guard';
  throw new Failure('capture/no-place', `The tap of "${server}" was started without a place for a guard`, hint);
}

function isEnforced({ mode }: LiveSession): boolean {
  return mode === 'enforce';
}

function guardOf({ guard, policy }: LiveSession['facts']): LiveControl {
  return { ...(guard === undefined ? {} : { guard }), ...(policy === undefined ? {} : { policy }) };
}
