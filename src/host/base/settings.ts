/** Reads the settings that apply to a trace, and stores the configuration, guard, policy, mode and server chosen for it. */
import { dirname, isAbsolute, join, relative } from 'node:path';
import * as vscode from 'vscode';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import { findNeighbours } from '../../engine/traceFiles/neighbours.ts';
import type { ReplaySettings } from '../../engine/session/runInputs.ts';
import { captureFolders, isBelow } from './captureFolders.ts';
import { readCaptureName } from '../../engine/captureHome/sessionRow.ts';
import { settingDefaults, settingsSection } from './ids.ts';

/**
 * An entry of the setting `guardscope.traces`. Paths are relative to the workspace folder. An empty `config` means that the trace has none;
 * beside a configuration, an empty `guard` or `policy` means that of the configuration, whatever the defaults are.
 */
interface TraceEntry {
  readonly config?: string;
  readonly guard?: string;
  readonly policy?: string;
  readonly mode?: EnforcementMode;
  readonly server?: string;
}

/** Members of an entry to set; undefined: to remove. */
type EntryPatch = { readonly [K in keyof TraceEntry]?: TraceEntry[K] | undefined };

/**
 * The settings of a trace: its own entry, then the defaults of the workspace, then the files next to it. `choice` is what the user chooses
 * now, which replaces the entry. A configuration next to the trace is used only when there is no guard and no policy: it must not change
 * what is decided when it appears.
 */
export function sessionSettings(
  trace: vscode.Uri,
  remembered: TraceEntry,
  choice: Partial<ReplaySettings> = {},
): ReplaySettings {
  const section = vscode.workspace.getConfiguration(settingsSection, trace);
  const stored = section.get<Record<string, TraceEntry>>('traces', {})[traceKey(trace)];
  const entry: EntryPatch = { ...remembered, ...stored, ...entryOf(choice) };
  const absolute = (path: string | undefined): string | null =>
    path === undefined || path === '' ? null : resolveIn(rootOf(trace), path);
  const byDefault = (name: 'config' | 'guard' | 'policy'): string | null => {
    const path = section.get<string>(name, '');
    return path === '' ? null : resolveIn(rootOfDefaults(trace), path);
  };
  const chosen = (name: 'config' | 'guard' | 'policy'): string | null =>
    entry[name] === undefined ? byDefault(name) : absolute(entry[name]);
  const neighbours = findNeighbours(trace.fsPath);
  const guard = absolute(entry.guard) ?? byDefault('guard') ?? neighbours.guard;
  const policy = absolute(entry.policy) ?? byDefault('policy') ?? neighbours.policy;
  const isFree = entry.config === undefined && guard === null && policy === null;
  const config = chosen('config') ?? (isFree ? neighbours.config : null);
  const hasConfig = config !== null;
  return {
    config,
    guard: hasConfig ? chosen('guard') : guard,
    policy: hasConfig ? chosen('policy') : policy,
    mode: entry.mode ?? (hasConfig ? null : section.get<EnforcementMode>('mode', settingDefaults.mode)),
    server: entry.server ?? null,
    trustedBots: section.get<readonly string[]>('trustedBots', settingDefaults.trustedBots),
    deadlineMs: hasConfig ? null : section.get<number>('deadlineMs', settingDefaults.deadlineMs),
  };
}

/** What a choice changed in the settings of the workspace. */
export interface StoredChoice {
  /** The file of settings that has the choice now. */
  readonly file: vscode.Uri;
  /** Gives the trace the entry that it had before, or none; other changes of the settings stay. */
  readonly undo: () => Promise<void>;
}

/**
 * Stores a choice for a trace: in the settings if the trace is in a workspace folder, else in `memory`. Captures in a capture folder are
 * short-lived, so their choices go to `memory` too, and also apply to later captures of the same server. Returns what it wrote to the settings;
 * null when the choice is in `memory`.
 */
export async function rememberChoice(
  memory: vscode.Memento,
  trace: vscode.Uri,
  choice: Partial<ReplaySettings>,
): Promise<StoredChoice | null> {
  const root = rootOf(trace);
  const entry = entryOf(choice, (path) => (isBelow(root, path) ? relative(root, path) : path));
  const sharedKey = serverKey(trace);
  if (sharedKey !== null || vscode.workspace.getWorkspaceFolder(trace) === undefined) {
    const chosen = withPatch(rememberedChoice(memory, trace), entry);
    await memory.update(memoryKey(trace), chosen);
    if (sharedKey !== null) await memory.update(sharedKey, chosen);
    return null;
  }
  const key = traceKey(trace);
  const before = storedEntries(trace)[key];
  const isInFolder = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  await storeEntry(trace, withPatch(before ?? {}, entry), isInFolder);
  const ofFolder = vscode.Uri.file(join(root, '.vscode', 'settings.json'));
  return {
    file: isInFolder ? ofFolder : (vscode.workspace.workspaceFile ?? ofFolder),
    undo: () => storeEntry(trace, before, isInFolder),
  };
}

function storedEntries(trace: vscode.Uri): Readonly<Record<string, TraceEntry>> {
  return vscode.workspace.getConfiguration(settingsSection, trace).get<Record<string, TraceEntry>>('traces', {});
}

/** Writes the entry of a trace; without one, the trace has none any more, and the setting goes with its last entry. */
async function storeEntry(trace: vscode.Uri, entry: TraceEntry | undefined, isInFolder: boolean): Promise<void> {
  const key = traceKey(trace);
  const others = Object.entries(storedEntries(trace)).filter(([name]) => name !== key);
  const entries = entry === undefined ? others : [...others, [key, entry] as const];
  const value = entries.length === 0 ? undefined : Object.fromEntries(entries);
  const { WorkspaceFolder, Workspace } = vscode.ConfigurationTarget;
  const section = vscode.workspace.getConfiguration(settingsSection, trace);
  await section.update('traces', value, isInFolder ? WorkspaceFolder : Workspace);
}

/** The entry of a choice: null becomes the empty text, or removes the mode. */
function entryOf(
  { config, guard, policy, mode, server }: Partial<ReplaySettings>,
  shorten = (path: string): string => path,
): EntryPatch {
  const path = (name: 'config' | 'guard' | 'policy', value: string | null | undefined): EntryPatch =>
    value === undefined ? {} : { [name]: value === null ? '' : shorten(value) };
  return {
    ...path('config', config),
    ...path('guard', guard),
    ...path('policy', policy),
    ...(mode === undefined ? {} : { mode: mode ?? undefined }),
    ...(server === undefined || server === null ? {} : { server }),
  };
}

/** An entry with the patch applied. */
function withPatch(entry: TraceEntry, patch: EntryPatch): TraceEntry {
  return Object.fromEntries(Object.entries({ ...entry, ...patch }).filter(([, value]) => value !== undefined));
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

/** Whether a trace is decided anew when a file that it is decided with changes. */
export function watchesInputs(trace: vscode.Uri): boolean {
  return vscode.workspace.getConfiguration(settingsSection, trace).get<boolean>('watch', settingDefaults.watch);
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

/** A trace outside the workspace, such as a capture of the user's, is decided with the defaults of the workspace that it is opened in. */
function rootOfDefaults(trace: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(trace) ?? vscode.workspace.workspaceFolders?.[0];
  return folder?.uri.fsPath ?? dirname(trace.fsPath);
}

/** A path of a setting: absolute, or below `root`. */
export function resolveIn(root: string, path: string): string {
  return isAbsolute(path) ? path : join(root, path);
}
