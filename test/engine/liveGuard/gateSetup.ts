/** A gate with a small guard, whose two sides and recording are lists, for the tests of gates. */
import { expect } from 'vitest';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordingSink } from '../../../src/engine/recording/tapSide/recordingSink.ts';
import { writeControl } from '../../../src/engine/liveGuard/controlFile.ts';
import { GuardGate } from '../../../src/engine/liveGuard/guardGate.ts';
import { LiveGuard } from '../../../src/engine/liveGuard/liveGuard.ts';
import type { CompileCache } from '../../../src/engine/runtime/host/compileCache.ts';
import { workerFile } from '../../support/paths.ts';
import { cache, type GuardText, guardBytes } from '../runtime/guards.ts';
import { patiently } from '../../support/patience.ts';

const gates: (() => Promise<void>)[] = [];

/** Closes the gates of a test. */
export async function closeGates(): Promise<void> {
  await Promise.all(gates.splice(0).map((close) => close()));
}

/** A guard that allows every call and does not label items. */
const json = '{"resource":{"secrecy":[],"integrity":[]},"operation":"write"}';
export const allowing: GuardText = {
  rest: `(data (i32.const 1000) "${json.replaceAll('"', '\\"')}")`,
  label_resource: `(memory.copy (local.get $out) (i32.const 1000) (i32.const ${json.length})) (i32.const ${json.length})`,
};

export interface GateSetup {
  readonly gate: GuardGate;
  readonly toServer: string[];
  readonly toClient: string[];
  readonly lines: Record<string, unknown>[];
  readonly events: string[];
  /** As the editor does it, by the control file. */
  readonly setMode: (mode: 'watch' | 'enforce') => void;
}

/** `modules`: the cache of compiled modules. */
export function gateOf(
  text: GuardText,
  mode: 'watch' | 'enforce',
  modules: CompileCache = cache,
  onStopped: (undecided: number) => void = () => undefined,
): GateSetup {
  const folder = mkdtempSync(join(tmpdir(), 'guardscope-gate-'));
  const path = join(folder, 'guard.wasm');
  writeFileSync(path, guardBytes(text));
  const [toServer, toClient]: [string[], string[]] = [[], []];
  const lines: Record<string, unknown>[] = [];
  const events: string[] = [];
  const recording: RecordingSink = {
    bytes: () => undefined,
    message: (dir, bytes, marks = {}) => void lines.push({ dir, ...marks, msg: Buffer.from(bytes).toString() }),
    line: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
    event: (name) => void events.push(name),
    ended: () => undefined,
    server: () => undefined,
    whenDurable: (then) => then(),
    hasBacklog: false,
    close: () => Promise.resolve({ isComplete: true, missing: '', leftOut: '' }),
    unwritten: () => '',
  };
  const guard = new LiveGuard({
    server: 's',
    guard: path,
    policy: null,
    mode,
    enforcement: 'strict',
    trustedBots: [],
    deadlineMs: 60_000,
    services: { workerFile, cache: modules },
    capture: join(folder, 'c.guardtrace.jsonl'),
    onChange: () => undefined,
    onLint: () => undefined,
  });
  const wire = {
    session: '',
    toServer: (bytes: Uint8Array) => void toServer.push(Buffer.from(bytes).toString()),
    toClient: (bytes: Uint8Array) => void toClient.push(Buffer.from(bytes).toString()),
  };
  const gate = new GuardGate({ guard, wire, recording, server: 's', deadlineMs: 60_000, onStopped });
  gates.push(async () => {
    await gate.close();
    await guard.close();
  });
  const setMode: GateSetup['setMode'] = (to) => writeControl(join(folder, 'c.guardtrace.jsonl'), { mode: to });
  return { gate, toServer, toClient, lines, events, setMode };
}

export const bytes = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
export const call = (id: unknown, name = 'echo'): Buffer =>
  bytes({ jsonrpc: '2.0', id, method: 'tools/call', params: { name } });
export const answer = (id: unknown, text = 'x'): Buffer =>
  bytes({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } });
/** The text of a message that passed; null for none. */
export const text = (passed: Uint8Array | null): string | null =>
  passed === null ? null : Buffer.from(passed).toString();
/** A message that was sent or passed. */
export const sent = (message: string | Uint8Array | null | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from(message ?? '').toString()) as Record<string, unknown>;
export const idOf = (message: string | undefined): unknown => sent(message)['id'];
export const until = async (done: () => boolean): Promise<void> => {
  const began = performance.now();
  while (!done() && performance.now() - began < patiently(20_000))
    await new Promise((resolve) => setTimeout(resolve, 2));
  expect(done()).toBe(true);
};
