/** The value types of the fake VS Code API: URIs, positions, documents, tree items and enumerations. */
import { Emitter } from '../../../src/core/base/event.ts';
import { posix } from 'node:path';

interface UriParts {
  readonly scheme: string;
  readonly authority?: string;
  readonly path: string;
  readonly query?: string;
  readonly fragment?: string;
}

/** A URI, with the rules of VS Code for paths of files. */
export class Uri {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;

  private constructor({ scheme, authority = '', path, query = '', fragment = '' }: UriParts) {
    this.scheme = scheme;
    this.authority = authority;
    this.path = path;
    this.query = query;
    this.fragment = fragment;
  }

  static file(path: string): Uri {
    // Two slashes begin the name of a host.
    const [, authority = '', rest = path] = /^\/\/([^/]*)(.*)$/s.exec(path) ?? [];
    return new Uri({ scheme: 'file', authority, path: rest.startsWith('/') ? rest : `/${rest}` });
  }

  static from(parts: UriParts): Uri {
    return new Uri(parts);
  }

  /** `strict` throws for a text without a scheme, which is a path otherwise. */
  static parse(text: string, strict = false): Uri {
    const parts = /^(?:([a-z][\w+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(text) ?? [];
    const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = parts;
    if (scheme === '' && strict) throw new Error('[UriError]: Scheme is missing');
    if (authority === '' && path.startsWith('//')) throw new Error('[UriError]: the path begins with two slashes');
    return new Uri({ scheme: scheme || 'file', authority, path: decodeURIComponent(path) || '/', query, fragment });
  }

  static joinPath(base: Uri, ...segments: readonly string[]): Uri {
    return base.with({ path: posix.join(base.path, ...segments) });
  }

  get fsPath(): string {
    return this.authority === '' ? this.path : `//${this.authority}${this.path}`;
  }

  with(change: Partial<UriParts>): Uri {
    const { scheme, authority, path, query, fragment } = this;
    return new Uri({ scheme, authority, path, query, fragment, ...change });
  }

  toString(): string {
    const path = this.path.split('/').map(encodeURIComponent).join('/');
    return `${this.scheme}://${this.authority}${path}${this.query === '' ? '' : `?${this.query}`}`;
  }
}

export class Position {
  readonly line: number;
  readonly character: number;

  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }

  translate(lines: number, characters: number): Position {
    return new Position(this.line + lines, this.character + characters);
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;

  constructor(...ends: readonly [Position, Position] | readonly [number, number, number, number]) {
    const [first, second, third, fourth] = ends;
    this.start = typeof first === 'number' ? new Position(first, Number(second)) : first;
    this.end = second instanceof Position ? second : new Position(third ?? 0, fourth ?? 0);
  }
}

/** A text document in an editor. */
export interface FakeDocument {
  readonly uri: Uri;
  readonly languageId: string;
  readonly isClosed: boolean;
  /** Whether it has changes that were not saved. */
  readonly isDirty: boolean;
  readonly lineCount: number;
  getText(): string;
  lineAt(line: number): { readonly text: string };
  offsetAt(position: Position): number;
  positionAt(offset: number): Position;
  getWordRangeAtPosition(position: Position, pattern: RegExp): Range | undefined;
}

/** Creates a document for `fake.documents`. */
export function fakeDocument(path: string, text: string, languageId = 'json'): FakeDocument {
  const lines = text.split('\n');
  return {
    uri: Uri.file(path),
    languageId,
    isClosed: false,
    isDirty: false,
    lineCount: lines.length,
    getText: () => text,
    lineAt: (line) => ({ text: lines[line] ?? '' }),
    offsetAt: ({ line, character }) => lines.slice(0, line).join('\n').length + (line === 0 ? 0 : 1) + character,
    positionAt(offset) {
      const before = text.slice(0, offset).split('\n');
      return new Position(before.length - 1, before.at(-1)?.length ?? 0);
    },
    getWordRangeAtPosition({ line, character }, pattern) {
      const words = [...(lines[line] ?? '').matchAll(new RegExp(pattern, 'g'))];
      const word = words.find(({ index, 0: { length } }) => index <= character && character <= index + length);
      return word === undefined ? undefined : new Range(line, word.index, line, word.index + word[0].length);
    },
  };
}

export class Diagnostic {
  source = '';
  code = '';
  readonly range: Range;
  readonly message: string;
  readonly severity: number;

  constructor(range: Range, message: string, severity: number) {
    this.range = range;
    this.message = message;
    this.severity = severity;
  }
}

export class EventEmitter<T> extends Emitter<T> {}

export class ThemeColor {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

export class ThemeIcon {
  readonly id: string;
  readonly color: ThemeColor | undefined;

  constructor(id: string, color?: ThemeColor) {
    this.id = id;
    this.color = color;
  }
}

export class TreeItem {
  label: unknown;
  resourceUri: Uri | undefined;

  constructor(content: unknown) {
    if (content instanceof Uri) this.resourceUri = content;
    else this.label = content;
  }
}

export class MarkdownString {
  isTrusted: unknown = false;
  value: string;

  constructor(value = '') {
    this.value = value;
  }

  appendText(text: string): void {
    this.value += text;
  }

  appendMarkdown(text: string): void {
    this.value += text;
  }
}

export class CodeLens {
  readonly range: Range;
  readonly command: unknown;

  constructor(range: Range, command: unknown) {
    this.range = range;
    this.command = command;
  }
}

export class Hover {
  readonly contents: unknown;
  readonly range: Range;

  constructor(contents: unknown, range: Range) {
    this.contents = contents;
    this.range = range;
  }
}

export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 };
export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 };
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const ViewColumn = { Active: -1, Beside: -2, One: 1, Two: 2 };

/** A quick fix. */
export class CodeAction {
  readonly title: string;
  readonly kind: unknown;

  constructor(title: string, kind: unknown) {
    this.title = title;
    this.kind = kind;
  }
}

export const CodeActionKind = { QuickFix: 'quickfix' };

export const FileType = { Unknown: 0, File: 1, Directory: 2, SymbolicLink: 64 };
export const FileChangeType = { Changed: 1, Created: 2, Deleted: 3 };

/** Failures of a file system. */
export class FileSystemError extends Error {
  static FileNotFound(uri: Uri): FileSystemError {
    return new FileSystemError(`FileNotFound ${uri.toString()}`);
  }

  static NoPermissions(uri: Uri): FileSystemError {
    return new FileSystemError(`NoPermissions ${uri.toString()}`);
  }
}

/** Edits of texts, in order. */
export class WorkspaceEdit {
  readonly edits: { readonly uri: Uri; readonly range: Range; readonly text: string }[] = [];

  replace(uri: Uri, range: Range, text: string): void {
    this.edits.push({ uri, range, text });
  }
}
