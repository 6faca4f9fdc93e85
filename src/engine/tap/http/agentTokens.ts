/** Tokens in place of the credentials of clients, so that a capture says which calls one agent made and never with which credential. */
import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { RawHeaders } from './headers.ts';
import { readRegularSync } from '../../files/regularFile.ts';
import { stateFolder } from '../../files/stateFolder.ts';

/**
 * Makes tokens with a key that all taps of the user share, so that two taps of one client name the same agent. Without the key, which is
 * random and is never recorded, a token does not say anything about a credential, however short it is.
 */
export class AgentTokens {
  readonly #folder: string;
  #key: Uint8Array | null = null;

  /** `folder`: where the key is kept; it is read, or made, for the first credential. */
  constructor(folder: string = stateFolder()) {
    this.#folder = folder;
  }

  /** The token of the agent that the gateway would take a client for; empty for a client without a credential. */
  ofHeaders(headers: IncomingHttpHeaders): string {
    const given = headers['x-agent-id'];
    return this.#token((Array.isArray(given) ? given[0] : given) ?? '', headers.authorization ?? '');
  }

  /** The same for headers as they came: names and values in turn. */
  ofRawHeaders(headers: RawHeaders): string {
    const first = (wanted: string): string => {
      const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === wanted);
      return at < 0 ? '' : (headers[at + 1] ?? '');
    };
    return this.#token(first('x-agent-id'), first('authorization'));
  }

  #token(named: string, authorization: string): string {
    const id = agentId(named, authorization);
    if (id === '') return '';
    this.#key ??= readKey(this.#folder);
    return createHmac('sha256', this.#key).update(id).digest('hex').slice(0, tokenLength);
  }
}

/**
 * The agent id, which is the session id: `X-Agent-ID`, else `Authorization` without its scheme (gateway spec 3.10, `internal/auth/header.go`).
 * Empty without either.
 */
function agentId(named: string, authorization: string): string {
  if (named !== '') return named;
  if (authorization.startsWith('Bearer ')) return authorization.slice('Bearer '.length).trim();
  return authorization.startsWith('Agent ') ? authorization.slice('Agent '.length) : authorization;
}

const keyFile = 'agent-key';
const keyBytes = 32;
/** Twelve digits are 48 bits: enough that the agents of one user do not collide, and short enough to be read. */
const tokenLength = 12;

/** Reads the key, or makes it. Without a folder to keep it in, the tokens of this tap have a key of their own. */
function readKey(folder: string): Uint8Array {
  const path = join(folder, keyFile);
  const known = keyIn(path);
  if (known !== null) return known;
  const made = randomBytes(keyBytes);
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(draft, made.toString('hex'), { mode: 0o600, flag: 'wx' });
    try {
      // Taps may start at once: a whole file gets the name, and the first one stays.
      linkSync(draft, path);
    } finally {
      rmSync(draft, { force: true });
    }
    return made;
  } catch {
    return keyIn(path) ?? made;
  }
}

/** null for a file that is missing or is not a key. A key that others could read is closed to them. */
function keyIn(path: string): Uint8Array | null {
  try {
    const text = readRegularSync(path, 2 * keyBytes).toString();
    if (!/^[0-9a-f]{64}$/.test(text)) return null;
    chmodSync(path, 0o600);
    return Buffer.from(text, 'hex');
  } catch {
    return null;
  }
}
