/** Reads recorded sessions of the gateway, and prepares the configuration and the guards of one for a replay. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../../src/core/base/json.ts';
import { fromText } from '../core/wasm/support.ts';
import { repoPath } from '../support/paths.ts';
import { samplePath } from '../support/samples.ts';

/** What a client sent in one call and what it received; `at` and `end` are milliseconds since 1970. */
export interface ClientCall {
  readonly n: number;
  readonly agent: string;
  readonly server: string;
  readonly params: { readonly name: string; readonly arguments?: JsonValue };
  readonly at: number;
  readonly end: number;
  readonly reply: JsonObject;
}

/** A line of rpc-messages.jsonl, as far as the comparison reads it. */
export interface LogLine {
  readonly timestamp: string;
  readonly event: string;
  readonly server_id: string;
  readonly tool_name?: string;
  readonly agent_secrecy?: readonly string[];
  readonly agent_integrity?: readonly string[];
  readonly description?: string;
  readonly reason?: string;
  readonly secrecy_tags?: readonly string[] | null;
  readonly integrity_tags?: readonly string[] | null;
  readonly payload?: { readonly params?: { readonly name?: string } };
}

/** session.json: the circumstances of the recording; README.md describes the members. */
interface Circumstances {
  readonly servers: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly github?: Readonly<Record<string, string>>;
  readonly trace?: string;
}

/** A recorded session. */
export interface Session {
  readonly name: string;
  readonly servers: readonly string[];
  /** The gateway's environment, as far as it decides. */
  readonly env: Readonly<Record<string, string>>;
  /** The visibility of the workflow's repository that the GitHub API reported; null when it was not asked. */
  readonly visibility: string | null;
  /** The mode of the flag `--guards-mode`; null without it. */
  readonly mode: string | null;
  /** Path of the file to replay. */
  readonly trace: string;
  readonly calls: readonly ClientCall[];
  readonly log: readonly LogLine[];
}

const held = repoPath('test/sessions');

/** Names of all recorded sessions. */
export function sessionNames(): readonly string[] {
  const folders = readdirSync(held, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => name).filter((name) => readdirSync(join(held, name)).includes('session.json'));
}

export function readSession(name: string): Session {
  const folder = join(held, name);
  const file = (part: string): string => readFileSync(join(folder, part), 'utf8');
  const { servers, env = {}, flags = [], github = {}, trace } = JSON.parse(file('session.json')) as Circumstances;
  return {
    name,
    servers,
    env,
    visibility: Object.values(github)[0] ?? null,
    mode: flags[flags.indexOf('--guards-mode') + 1] ?? null,
    trace: join(folder, trace ?? 'rpc-messages.jsonl'),
    calls: lines(file('client.jsonl')) as unknown as readonly ClientCall[],
    log: lines(file('rpc-messages.jsonl')) as unknown as readonly LogLine[],
  };
}

/** Writes the session's configuration with the guards of this repository into `folder`; returns its path. */
export function writeConfig(name: string, folder: string): string {
  const form = readdirSync(join(held, name)).includes('config.json') ? 'json' : 'toml';
  const text = readFileSync(join(held, name, `config.${form}`), 'utf8');
  const path = join(folder, `${name}.${form}`);
  writeFileSync(
    path,
    text.replace(/guards\/([a-z-]+)\.wasm/g, (_, guard: string) => guardFile(guard, folder)),
  );
  return path;
}

/** The path of a guard by the name that the recorded configurations have. */
function guardFile(guard: string, folder: string): string {
  const sample = samplePath('files-and-memory', 'guard.wasm');
  if (guard === 'sample' || guard === 'guard') return sample;
  if (guard === 'sample-propagate') return join(held, 'guards', 'sample-propagate.wasm');
  mkdirSync(join(folder, 'guards'), { recursive: true });
  const path = join(folder, 'guards', `${guard}.wasm`);
  const text = (): string => readFileSync(join(held, 'guards', `${guard}.wat`), 'utf8');
  writeFileSync(path, guard === 'sample-strict' ? inStrictMode(readFileSync(sample)) : fromText(text()));
  return path;
}

/** The sample guard answers "filter" in `label_agent`; "strict" has as many letters. */
function inStrictMode(bytes: Buffer): Buffer {
  const at = bytes.indexOf('difc_modefilter');
  if (at < 0) throw new Error('the sample guard has no text "difc_modefilter"');
  bytes.write('strict', at + 'difc_mode'.length, 'latin1');
  return bytes;
}

export function lines(text: string): readonly JsonObject[] {
  const full = text.split('\n').filter((line) => line !== '');
  return full.map((line) => JSON.parse(line) as JsonObject);
}
