/** Tracks the live sessions of the workspace and the capture folders; file watchers shorten the time until a change is seen. */
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { DisposableStore } from '../../core/base/lifecycle.ts';
import { ControlFile, type LiveControl } from '../../engine/liveGuard/controlFile.ts';
import { readLive } from '../../engine/recording/format/liveFile.ts';
import { excludeGlob } from '../base/settings.ts';
import { captureFolders } from '../base/captureFolders.ts';
import { LiveSessions, liveSuffix } from '../../engine/captureHome/liveSessions.ts';

/** Starts to track live sessions. What must end with the window is added to `store`. */
export function watchLiveSessions(store: DisposableStore): LiveSessions {
  /** Folders of the workspace, other than capture folders, that a tap writes to. */
  const found = new Set<string>();
  const live = store.add(new LiveSessions({ folders: () => [...captureFolders(), ...found], readLive, readControl }));
  const glob = `**/*.guardtrace.jsonl${liveSuffix}`;
  const look = (uri: vscode.Uri): void => {
    found.add(dirname(uri.fsPath));
    void live.look();
  };
  const [own] = captureFolders();
  const patterns = [
    glob,
    ...(own === undefined ? [] : [new vscode.RelativePattern(vscode.Uri.file(own), `*${liveSuffix}`)]),
  ];
  for (const pattern of patterns) {
    const watcher = store.add(vscode.workspace.createFileSystemWatcher(pattern));
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) store.add(event(look));
  }
  void vscode.workspace.findFiles(glob, excludeGlob(), 100).then((uris) => {
    for (const uri of uris) found.add(dirname(uri.fsPath));
    return live.look();
  });
  return live;
}

function readControl(capture: string): LiveControl {
  return new ControlFile(capture).look().control;
}
