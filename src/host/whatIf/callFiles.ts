/** A file system in memory for the texts of edited calls: editors can write them, no disk has them. */
import * as vscode from 'vscode';

interface CallFile {
  readonly bytes: Uint8Array;
  readonly mtime: number;
}

/** Files that were put there; nothing else can be made in it. */
export class CallFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #files = new Map<string, CallFile>();
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;

  /** Makes a file, or gives it another text. */
  put(uri: vscode.Uri, text: string): void {
    this.#set(uri, new TextEncoder().encode(text));
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { bytes, mtime } = this.#get(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime, size: bytes.length };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.#get(uri).bytes;
  }

  writeFile(uri: vscode.Uri, content: Uint8Array): void {
    this.#get(uri);
    this.#set(uri, content);
  }

  watch(): vscode.Disposable {
    return { dispose: () => undefined };
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#files.clear();
    this.#changed.dispose();
  }

  #get(uri: vscode.Uri): CallFile {
    const file = this.#files.get(uri.toString());
    if (file === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return file;
  }

  /** An editor reads a file again when it is newer. */
  #set(uri: vscode.Uri, bytes: Uint8Array): void {
    const before = this.#files.get(uri.toString())?.mtime ?? 0;
    this.#files.set(uri.toString(), { bytes, mtime: Math.max(Date.now(), before + 1) });
  }
}
