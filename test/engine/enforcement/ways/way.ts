/** What a case is: a way around an enforcing guard that a client or a server could try. */
import type { Behaviour } from '../server/hostileServer.ts';
import type { Owed } from '../rig/verdict.ts';

/** The texts that the messages of one case are made of. */
export interface Parts {
  /** Number of the case. It stands in its private path and in its secret. */
  readonly n: number;
  /** An id that no other case uses. */
  readonly id: number;
  readonly privatePath: string;
  readonly publicPath: string;
  /** Parameters of a call that reads the private file, as JSON text. */
  readonly privateRead: string;
  /** Parameters of a call that the guard allows. */
  readonly publicRead: string;
  /** Parameters of a write that the guard denies. */
  readonly write: string;
}

/** Something that a client sends. */
export interface ClientWay {
  readonly name: string;
  /** Messages; bytes go out as they are, without a line feed. */
  readonly sends: (parts: Parts) => readonly (string | Buffer)[];
  /** The responses that the client must get; default: one with the id of the case. */
  readonly owed?: (parts: Parts) => Owed;
  /** Default: both. */
  readonly over?: 'stdio' | 'http';
  readonly server?: Behaviour;
  /** The gateway passes this kind of answer on, so the secret in it is no leak. */
  readonly passesByDesign?: true;
}

export function partsOf(n: number): Parts {
  const [privatePath, publicPath] = [`/workspace/private/c${n}.md`, '/workspace/README.md'];
  const read = (path: string): string => `{"name":"read_text_file","arguments":{"path":"${path}"}}`;
  const write = `{"name":"edit_file","arguments":{"path":"/workspace/docs/c${n}.md","edits":[{"oldText":"a","newText":"b"}]}}`;
  return {
    n,
    id: 1000 + 10 * n,
    privatePath,
    publicPath,
    privateRead: read(privatePath),
    publicRead: read(publicPath),
    write,
  };
}

/** A tool call as JSON text. */
export function callText(id: number | string, params: string): string {
  return `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":${params}}`;
}

export const ping = (id: number | string): string => `{"jsonrpc":"2.0","id":${id},"method":"ping"}`;

/** An answer with the id of the case. */
export const ownId = ({ id }: Parts): Owed => [[String(id)]];

/** An answer that may have the id null, because the message cannot be read for certain. */
export const ownIdOrNull = ({ id }: Parts): Owed => [[String(id), 'null']];

/** For notifications. */
export const nothing = (): Owed => [];

/** Two cases: the same trick with the read of a private file and with a denied write. */
export function readAndWrite(
  name: string,
  sends: (params: string, parts: Parts) => readonly (string | Buffer)[],
  more: Omit<ClientWay, 'name' | 'sends'> = {},
): readonly ClientWay[] {
  return [
    { name: `${name}: a private read`, sends: (parts) => sends(parts.privateRead, parts), ...more },
    { name: `${name}: a denied write`, sends: (parts) => sends(parts.write, parts), ...more },
  ];
}
