/** Guards, logs and servers for tests of sessions in a thread. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePolicyText } from '../../../../src/core/policy/parse.ts';
import type { ServerToOpen } from '../../../../src/engine/replay/openSession.ts';
import { guardBytes } from '../../runtime/guards.ts';

/** A folder of its own for each file of tests, because they share this module. */
let folder: string | null = null;

function openFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'guardscope-session-'));
  return folder;
}

/** Removes what the tests of a file wrote; for its `afterAll`. */
export function removeFiles(): void {
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  folder = null;
}

const policyText = '{"allow-only":{"repos":"all","min-integrity":"none"}}';
const agentAnswer = '{"agent":{"secrecy":[],"integrity":[]},"difc_mode":"filter"}';
const resourceAnswer = '{"resource":{"description":"d","secrecy":[],"integrity":[]},"operation":"read"}';

/** A guard that labels every call as public. `instead`: what `label_resource` does first; `rest`: further fields of the module. */
export function fairGuard(instead = '', rest = ''): Uint8Array {
  const answer = (at: number, length: number): string =>
    `(memory.copy (local.get $out) (i32.const ${at}) (i32.const ${length})) (i32.const ${length})`;
  const data = (at: number, content: string): string => `(data (i32.const ${at}) "${content.replaceAll('"', '\\22')}")`;
  return guardBytes({
    rest: `${data(256, agentAnswer)} ${data(512, resourceAnswer)} (global $calls (mut i32) (i32.const 0)) ${rest}`,
    label_agent: answer(256, agentAnswer.length),
    label_resource: `(global.set $calls (i32.add (global.get $calls) (i32.const 1))) ${instead} ${answer(512, resourceAnswer.length)}`,
  });
}

/** Runs the code from the third call of the guard on. */
export function fromThirdCall(code: string): string {
  return `(if (i32.gt_u (global.get $calls) (i32.const 2)) (then ${code}))`;
}

let files = 0;

export function written(content: string | Uint8Array, extension: string): string {
  const path = join(openFolder(), `${files++}${extension}`);
  writeFileSync(path, content);
  return path;
}

/** A log of the gateway with calls of these servers, in turns. `more`: a further argument of each call. */
export function logOf(servers: readonly string[], rounds: number, more?: string): string {
  const lines = Array.from({ length: rounds }, (_, round) =>
    servers.map((server, at) => ({ server, id: round * servers.length + at })),
  )
    .flat()
    .flatMap(({ server, id }) => {
      const line = (event: string, payload: object): string =>
        JSON.stringify({
          timestamp: new Date(Date.UTC(2026, 0, 1, 0, 0, id)).toISOString(),
          event,
          _schema: 'rpc-message/v2',
          direction: event === 'rpc_request' ? 'OUT' : 'IN',
          server_id: server,
          method: 'tools/call',
          agent_secrecy: [],
          agent_integrity: [],
          payload,
        });
      const params = { name: 'look', arguments: { id, ...(more === undefined ? {} : { more }) } };
      return [
        line('rpc_request', { jsonrpc: '2.0', method: 'tools/call', params }),
        line('rpc_response', { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: `"${id}"` }] } }),
      ];
    });
  return written(`${lines.join('\n')}\n`, '.jsonl');
}

export function serverOf(server: string, guard: Uint8Array | 'noop', deadlineMs: number | null = null): ServerToOpen {
  const policy = parsePolicyText(policyText, 'policy.json').value;
  const guardPath = guard === 'noop' ? 'noop' : written(guard, '.wasm');
  return { server, rules: { policy: policy?.payload, deadlineMs }, guardPath, policy, guardName: 'guard' };
}
