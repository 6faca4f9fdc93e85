/** What is known of the configuration files of MCP clients: where they are, which servers they start, and how to reach them. */
import type { Position, Problem } from '../../core/base/parsed.ts';

/** How a file is written. */
export type ConfigFormat = 'json' | 'toml';

/** A configuration file of a client. */
export interface ClientFile {
  /** Id of the client in the table, such as `claude-desktop`. */
  readonly client: string;
  /** Its name for people. */
  readonly name: string;
  readonly path: string;
  /** Whether it belongs to a workspace or to the user. */
  readonly scope: 'workspace' | 'user';
}

/** A server as a configuration names it. */
export interface ConfiguredServer {
  readonly name: string;
  /** Where its entry lies, as keys from the root of the file. */
  readonly path: readonly string[];
  readonly transport: 'stdio' | 'http' | 'sse';
  readonly command?: string;
  /** Absent also where they are no list of texts. */
  readonly args?: readonly string[];
  readonly url?: string;
  /** Values may be secrets: never print them. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether a tap of Guardscope stands before it. */
  readonly wrapped: boolean;
  readonly position: Position;
}

/** A configuration that was read. One with errors has a problem and no servers, and is never written. */
export interface ClientConfig {
  readonly file: ClientFile;
  readonly format: ConfigFormat;
  /** As it stands in the file, with its byte order mark and line ends. */
  readonly text: string;
  readonly servers: readonly ConfiguredServer[];
  readonly problems: readonly Problem[];
}

/** What is put before a server: the command line up to and with `--`, or the address of a tap in place of the server's. */
export type TapCommand =
  | {
      readonly command: string;
      readonly args: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
      readonly url?: never;
    }
  | { readonly url: string };

/** A piece of a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Replaces a piece of a text. */
export interface TextEdit extends Span {
  readonly text: string;
}

/** Where the parts of a server's entry stand, in either format. */
export interface EntrySpans {
  /** The whole value of the entry; for TOML from its header to the end of its last line. */
  readonly entry: Span;
  readonly command: Span | null;
  readonly args: { readonly inside: Span; readonly items: readonly Span[] } | null;
  /** Members as far as they are plain texts; `insertAt`: where a new one goes. */
  readonly env: {
    readonly insertAt: number;
    readonly isEmpty: boolean;
    readonly keys: ReadonlyMap<string, Span>;
  } | null;
  readonly url: Span | null;
}

/** A format's way to write. */
export interface EntryWriter {
  text(value: string): string;
  /** A new `args` after the command's value, with what separates it. */
  newArgs(list: string, spans: EntrySpans, source: string): TextEdit;
  newEnv(members: readonly (readonly [string, string])[], spans: EntrySpans, source: string): TextEdit;
  addEnv(members: readonly (readonly [string, string])[], spans: EntrySpans): TextEdit;
}
