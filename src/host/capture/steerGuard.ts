/** Commands that watch or enforce a live session with a guard: they write the control file that the tap reads. */
import * as vscode from 'vscode';
import { Failure } from '../../core/base/failure.ts';
import { type LiveControl, writeControl } from '../../engine/liveGuard/controlFile.ts';
import { commands } from '../base/ids.ts';
import { pickGuardFile, pickPolicyFile } from '../commands/choose.ts';
import { rememberChoice, rememberedChoice, sessionSettings } from '../base/settings.ts';
import { type Feature, gather, fileCommand, type Services, showFailure } from '../base/services.ts';
import { requireTrust } from '../base/trust.ts';
import { type LiveSession, modeBadge } from '../../engine/captureHome/liveSession.ts';

export const steerGuard: Feature = (services) =>
  gather((store) => {
    const command = (id: string, run: (uri: vscode.Uri | undefined) => Promise<void>): void => {
      store.add(fileCommand(services, id, run));
    };
    command(commands.watchLive, async (uri) => {
      requireTrust('Watch Live Session with Guard…');
      const session = await chosenSession(services, uri, 'Select the session to watch with a guard', () => true);
      if (session !== undefined) await watch(services, session);
    });
    command(commands.enforceLive, async (uri) => {
      requireTrust('Enforce Guard on Live Session…');
      const notEnforced = (each: LiveSession): boolean => !isEnforced(each);
      const session = await chosenSession(services, uri, 'Select the session to enforce a guard on', notEnforced);
      if (session !== undefined) await enforce(services, session);
    });
    command(commands.stopEnforcing, async (uri) => {
      const sessions = uri === undefined ? services.live.all : [requireLive(services, uri.fsPath)];
      await stopEnforcing(services, sessions.filter(isEnforced));
    });
  });

/**
 * Switches the guards from enforcing to watching: from the next call on, clients get the servers' own answers. It needs no trust, because it
 * loads nothing: a user can always stop a guard that enforces.
 */
export async function stopEnforcing({ live, log }: Services, sessions: readonly LiveSession[]): Promise<void> {
  const stopped: string[] = [];
  for (const { path, facts } of sessions) {
    try {
      writeControl(path, { ...guardOf(facts), mode: 'watch' });
      stopped.push(`"${facts.server}"`);
    } catch (thrown) {
      // The other guards are stopped all the same.
      showFailure(log, thrown);
    }
  }
  await live.look();
  if (sessions.length === 0) void vscode.window.showInformationMessage('No guard is enforcing.');
  if (stopped.length === 0) return;
  void vscode.window.showInformationMessage(
    `Stopped enforcing on ${stopped.join(', ')}. From the next call on, the client gets the server's own answers.`,
  );
}

async function watch(services: Services, session: LiveSession): Promise<void> {
  const chosen = await chooseInputs(services, session);
  if (chosen === undefined) return;
  await requireStillLive(services, session);
  // A guard that replaces an enforcing one enforces too.
  const mode = isEnforced(session) ? 'enforce' : 'watch';
  writeControl(session.path, { ...chosen, mode });
  await services.live.look();
  const { server } = session.facts;
  void vscode.window.showInformationMessage(
    mode === 'enforce'
      ? `${vscode.workspace.asRelativePath(chosen.guard)} enforces on "${server}" from the next call on.`
      : `${vscode.workspace.asRelativePath(chosen.guard)} watches "${server}" from the next call on.`,
  );
}

async function enforce(services: Services, session: LiveSession): Promise<void> {
  const { facts } = session;
  const chosen = session.mode === 'watch' ? guardOf(facts) : await chooseInputs(services, session);
  if (chosen?.guard === undefined) return;
  const message = `Enforce ${vscode.workspace.asRelativePath(chosen.guard)} on "${facts.server}"?`;
  const detail = [
    'From the next call on, the client gets what the gateway would return: an error for a denied call, results without the withheld items.',
    'If the guard is missing, fails or traps, every tool call is refused.',
    'The status bar is red while the guard enforces. Click it to stop.',
  ].join('\n\n');
  const accept = 'Enforce';
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, accept)) !== accept) return;
  await requireStillLive(services, session);
  writeControl(session.path, { ...chosen, mode: 'enforce' });
  await services.live.look();
}

/** Asks for guard and policy, offers the current ones first, and stores the choice. undefined if the user cancelled. */
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
  // An open panel of the session replays with the same inputs.
  const open = sessions.all.find((each) => each.uri.fsPath === path);
  if (open === undefined) await rememberChoice(context.workspaceState, uri, choice);
  else await open.choose(choice);
  return choice;
}

/** The session of `uri`, the only candidate, or the one that the user picks. Throws `capture/not-live` and `capture/no-place`. */
async function chosenSession(
  services: Services,
  uri: vscode.Uri | undefined,
  placeHolder: string,
  isCandidate: (session: LiveSession) => boolean,
): Promise<LiveSession | undefined> {
  if (uri !== undefined) return requireGuarded(requireLive(services, uri.fsPath));
  const { live } = services;
  const sessions = live.all.filter(isCandidate);
  if (sessions.length === 0) {
    void vscode.window.showInformationMessage(
      live.all.length === 0
        ? 'No session is being captured. Run "Guardscope: Capture MCP Server…" first.'
        : 'A guard already enforces on every live session.',
    );
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

/** Throws `capture/not-live` if no tap writes the capture. */
function requireLive({ live }: Services, path: string): LiveSession {
  const session = live.get(path);
  if (session !== undefined) return session;
  throw new Failure('capture/not-live', `"${path}" is not being captured`, 'Start its server again');
}

/** A session may end while the user answers questions, and then a control file would stay behind. */
async function requireStillLive(services: Services, { path }: LiveSession): Promise<void> {
  await services.live.look();
  requireLive(services, path);
}

/** Throws if the tap was started without support for a guard, which the file beside the capture says. */
function requireGuarded(session: LiveSession): LiveSession {
  const { server, mode } = session.facts;
  if (mode !== undefined) return session;
  const hint = 'Capture the server with "Guardscope: Capture MCP Server…", or start the tap with --controlled';
  throw new Failure('capture/no-place', `The tap of "${server}" was started without support for a guard`, hint);
}

function isEnforced({ mode }: LiveSession): boolean {
  return mode === 'enforce';
}

function guardOf({ guard, policy }: LiveSession['facts']): LiveControl {
  return { ...(guard === undefined ? {} : { guard }), ...(policy === undefined ? {} : { policy }) };
}
