/** Reads the settings that apply to a trace, and stores the guard, policy, mode and server chosen for it. */
import { dirname, isAbsolute, join, relative } from 'node:path';
import * as vscode from 'vscode';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import { findNeighbours } from '../../engine/traceFiles/neighbours.ts';
import type { ReplaySettings } from '../../engine/session/replayRun.ts';
import { captureFolders, isBelow } from './captureFolders.ts';
import { readCaptureName } from '../../engine/captureHome/sessionRow.ts';
import { settingDefaults, settingsSection } from './ids.ts';

/** An entry of the setting `guardscope.traces`. Paths are relative to the workspace folder. */
interface TraceEntry {
  readonly guard?: string;
  readonly policy?: string;
  readonly mode?: EnforcementMode;
  readonly server?: string;
}

/** The settings of a trace: its own entry, then the defaults of the workspace, then the files next to it. */
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
 * Stores a choice for a trace: in the settings if the trace is in a workspace folder, else in `memory`. Captures in a capture folder are
 * short-lived, so their choices go to `memory` too, and also apply to later captures of the same server.
 */
export async function rememberChoice(
  memory: vscode.Memento,
  trace: vscode.Uri,
  choice: Partial<ReplaySettings>,
): Promise<void> {
  const root = rootOf(trace);
  const shorten = (path: string): string => (isBelow(root, path) ? relative(root, path) : path);
  const entry: TraceEntry = {
    ...(choice.guard === undefined || choice.guard === null ? {} : { guard: shorten(choice.guard) }),
    ...(choice.policy === undefined || choice.policy === null ? {} : { policy: shorten(choice.policy) }),
    ...(choice.mode === undefined ? {} : { mode: choice.mode }),
    ...(choice.server === undefined || choice.server === null ? {} : { server: choice.server }),
  };
  const sharedKey = serverKey(trace);
  if (sharedKey !== null || vscode.workspace.getWorkspaceFolder(trace) === undefined) {
    const chosen = { ...rememberedChoice(memory, trace), ...entry };
    await memory.update(memoryKey(trace), chosen);
    if (sharedKey !== null) await memory.update(sharedKey, chosen);
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

/** The choices that are stored in `memory` for a trace; a new capture starts with the last choices for its server. */
export function rememberedChoice(memory: vscode.Memento, trace: vscode.Uri): TraceEntry {
  const sharedKey = serverKey(trace);
  return {
    ...(sharedKey === null ? {} : memory.get<TraceEntry>(sharedKey, {})),
    ...memory.get<TraceEntry>(memoryKey(trace), {}),
  };
}

/** Whether a trace is replayed when it is opened. */
export function replaysOnOpen(trace: vscode.Uri): boolean {
  return vscode.workspace
    .getConfiguration(settingsSection, trace)
    .get<boolean>('replayOnOpen', settingDefaults.replayOnOpen);
}

/** Glob of the files that views and pickers exclude. */
export function excludeGlob(): string {
  return vscode.workspace.getConfiguration(settingsSection).get<string>('exclude', settingDefaults.exclude);
}

function traceKey(trace: vscode.Uri): string {
  return relative(rootOf(trace), trace.fsPath).replaceAll('\\', '/');
}

function memoryKey(trace: vscode.Uri): string {
  return `trace:${trace.fsPath}`;
}

/** Memory key that all captures of one server in one capture folder share; null for any other trace. */
function serverKey(trace: vscode.Uri): string | null {
  const folder = dirname(trace.fsPath);
  if (!captureFolders().includes(folder)) return null;
  const name = readCaptureName(trace.fsPath);
  return name === null ? null : `captures:${join(folder, name.server)}`;
}

function rootOf(trace: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(trace)?.uri.fsPath ?? dirname(trace.fsPath);
}

/** A path of a setting: absolute, or below `root`. */
export function resolveIn(root: string, path: string): string {
  return isAbsolute(path) ? path : join(root, path);
}
