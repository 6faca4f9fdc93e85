/** The configuration files of MCP clients as data: files, the servers in them, and the places where their parts are. */
import type { Position, Problem } from '../base/parsed.ts';
import type { TextSpan } from '../base/textPlaces.ts';

/** The syntax of a file. `json` allows comments and trailing commas. */
export type ConfigFormat = 'json' | 'toml';

/** A configuration file of a client. */
export interface ClientFile {
  /** Id of the client in `clientTable`, such as `claude-desktop`. */
  readonly client: string;
  /** Display name of the client. */
  readonly name: string;
  readonly path: string;
  /** Whether the file belongs to a workspace or to the user. */
  readonly scope: 'workspace' | 'user';
}

/** A server entry of a configuration file. */
export interface ConfiguredServer {
  readonly name: string;
  /** Keys from the root of the file to the entry. */
  readonly path: readonly string[];
  /** The folder of the project that the entry belongs to, in a file with entries of several projects. */
  readonly project?: string;
  readonly transport: 'stdio' | 'http' | 'sse';
  readonly command?: string;
  /** Also absent when `args` is not a list of scalars. */
  readonly args?: readonly string[];
  readonly url?: string;
  /** Values may be secrets: never print them. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether a tap of Guardscope runs in front of the server. */
  readonly wrapped: boolean;
  readonly position: Position;
}

/** Why clients may read an entry in different ways. Such an entry is listed, and never changed. */
export interface EntryFault {
  /** Keys from the root of the file to the entry. */
  readonly path: readonly string[];
  /** Continues the sentence "Guardscope cannot change …: ". */
  readonly what: string;
  readonly hint: string;
}

/** A configuration file that was read. A file with errors has a problem and no servers, and is never written. */
export interface ClientConfig {
  readonly file: ClientFile;
  readonly format: ConfigFormat;
  /** The text of the file, with its byte order mark and line ends. */
  readonly text: string;
  readonly servers: readonly ConfiguredServer[];
  /** Faults of entries, also of entries that are not servers. */
  readonly faults: readonly EntryFault[];
  readonly problems: readonly Problem[];
}

/** What to put in front of a server: the tap's command line up to and including `--`, or the address of a tap that replaces the server's. */
export type TapCommand =
  | {
      readonly command: string;
      readonly args: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
      readonly url?: never;
    }
  | { readonly url: string };

/** Replaces a span of a text. */
export interface TextEdit extends TextSpan {
  readonly text: string;
}

/** Where the parts of a server entry are, in either format. A part is null when it is absent or has another type. */
export interface EntrySpans {
  /** The value of the entry; in TOML from its header to the end of its last line. */
  readonly entry: TextSpan;
  readonly command: TextSpan | null;
  readonly args: { readonly inside: TextSpan; readonly items: readonly TextSpan[] } | null;
  readonly env: {
    /** Where a new member goes. */
    readonly insertAt: number;
    readonly isEmpty: boolean;
    /** Whether each member is a line of its own under a TOML header. */
    readonly isTable: boolean;
    /** Members with their keys. */
    readonly keys: ReadonlyMap<string, TextSpan>;
  } | null;
  readonly url: TextSpan | null;
}

/** Writes parts of an entry in one format. `members` are names with their values; `source` is the text of the file. */
export interface EntryWriter {
  /** A string literal. */
  string(value: string): string;
  /** A new `args` after the command, with the separator; `list` holds the items as literals. */
  newArgs(list: string, spans: EntrySpans, source: string): TextEdit;
  /** A new `env` after the command, with the separator. */
  newEnv(members: readonly (readonly [string, string])[], spans: EntrySpans, source: string): TextEdit;
  /** Members added to the `env` that the entry has. */
  addEnv(members: readonly (readonly [string, string])[], spans: EntrySpans): TextEdit;
}
