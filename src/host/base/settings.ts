/** Reads and writes the user's settings: defaults for every trace, and guard, policy, mode and server per trace. */
import { dirname, isAbsolute, join, relative } from 'node:path';
import * as vscode from 'vscode';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import { findNeighbours } from '../../engine/traceFiles/neighbours.ts';
import type { ReplaySettings } from '../../engine/session/replayRun.ts';
import { captureFolders } from './captureFolders.ts';
import { readCaptureName } from '../../engine/captureHome/sessionRow.ts';
import { settingDefaults, settingsSection } from './ids.ts';

/** What `guardscope.traces` holds per trace. Paths are relative to the workspace folder. */
interface TraceEntry {
  readonly guard?: string;
  readonly policy?: string;
  readonly mode?: EnforcementMode;
  readonly server?: string;
}

/** The settings that hold for a trace: its own entry, then the defaults, then what lies beside it. */
export function sessionSettings(trace: vscode.Uri, remembered: TraceEntry): ReplaySettings {
  const section = vscode.workspace.getConfiguration(settingsSection, trace);
  const entry = { ...remembered, ...section.get<Record<string, TraceEntry>>('traces', {})[traceKey(trace)] };
  const neighbours = findNeighbours(trace.fsPath);
  const absolute = (path: string | undefined): string | null =>
    path === undefined || path === '' ? null : resolveIn(rootOf(trace), path);
  return {
    guard: absolute(entry.guard) ?? absolute(section.get('guard')) ?? neighbours.guard,
    policy: absolute(entry.policy) ?? absolute(section.get('policy')) ?? neighbours.policy,
    mode: entry.mode ?? section.get<EnforcementMode>('mode', settingDefaults.mode),
    server: entry.server ?? null,
    trustedBots: section.get<readonly string[]>('trustedBots', settingDefaults.trustedBots),
    deadlineMs: section.get<number>('deadlineMs', settingDefaults.deadlineMs),
  };
}

/**
 * Remembers a choice for a trace: in the folder's settings when it lies in one, else only in the workspace's memory. Captures of taps come
 * and go, so theirs stays out of the settings, and holds for later captures of the server, too.
 */
export async function rememberChoice(
  memory: vscode.Memento,
  trace: vscode.Uri,
  choice: Partial<ReplaySettings>,
): Promise<void> {
  const root = rootOf(trace);
  const shorten = (path: string): string => (isInside(root, path) ? relative(root, path) : path);
  const entry: TraceEntry = {
    ...(choice.guard === undefined || choice.guard === null ? {} : { guard: shorten(choice.guard) }),
    ...(choice.policy === undefined || choice.policy === null ? {} : { policy: shorten(choice.policy) }),
    ...(choice.mode === undefined ? {} : { mode: choice.mode }),
    ...(choice.server === undefined || choice.server === null ? {} : { server: choice.server }),
  };
  const ofServer = serverKey(trace);
  if (ofServer !== null || vscode.workspace.getWorkspaceFolder(trace) === undefined) {
    const chosen = { ...rememberedChoice(memory, trace), ...entry };
    await memory.update(memoryKey(trace), chosen);
    if (ofServer !== null) await memory.update(ofServer, chosen);
    return;
  }
  const section = vscode.workspace.getConfiguration(settingsSection, trace);
  const traces = section.get<Record<string, TraceEntry>>('traces', {});
  const key = traceKey(trace);
  const target =
    (vscode.workspace.workspaceFolders?.length ?? 0) > 1
      ? vscode.ConfigurationTarget.WorkspaceFolder
      : vscode.ConfigurationTarget.Workspace;
  await section.update('traces', { ...traces, [key]: { ...traces[key], ...entry } }, target);
}

/** What was remembered for a trace outside of the settings; a capture begins with what was chosen last for its server. */
export function rememberedChoice(memory: vscode.Memento, trace: vscode.Uri): TraceEntry {
  const ofServer = serverKey(trace);
  return {
    ...(ofServer === null ? {} : memory.get<TraceEntry>(ofServer, {})),
    ...memory.get<TraceEntry>(memoryKey(trace), {}),
  };
}

/** Whether a trace is replayed as soon as it is opened. */
export function replaysOnOpen(trace: vscode.Uri): boolean {
  return vscode.workspace
    .getConfiguration(settingsSection, trace)
    .get<boolean>('replayOnOpen', settingDefaults.replayOnOpen);
}

/** Glob of the files that the views leave out. */
export function excludeGlob(): string {
  return vscode.workspace.getConfiguration(settingsSection).get<string>('exclude', settingDefaults.exclude);
}

function traceKey(trace: vscode.Uri): string {
  return relative(rootOf(trace), trace.fsPath).replaceAll('\\', '/');
}

function memoryKey(trace: vscode.Uri): string {
  return `trace:${trace.fsPath}`;
}

/** Names the server of a capture that a tap made into a folder for captures; null for any other trace. */
function serverKey(trace: vscode.Uri): string | null {
  const folder = dirname(trace.fsPath);
  if (!captureFolders().includes(folder)) return null;
  const name = readCaptureName(trace.fsPath);
  return name === null ? null : `captures:${join(folder, name.server)}`;
}

function rootOf(trace: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(trace)?.uri.fsPath ?? dirname(trace.fsPath);
}

function resolveIn(root: string, path: string): string {
  return isAbsolute(path) ? path : join(root, path);
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}
