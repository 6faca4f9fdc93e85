/** `replay --backend live`: a running server answers the look-ups that were not recorded, each question once. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../src/core/difc/record/decision.ts';
import { askBackend, guardBytes } from '../engine/runtime/guards.ts';
import { labelling } from '../engine/tap/http/guardGates.ts';
import { expectRefused, guardscope } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardscope-live-backend-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A server that writes every tool call into a file and answers it with its name. */
const calls = join(folder, 'calls.txt');
const server = join(folder, 'server.mjs');
writeFileSync(
  server,
  `import { appendFileSync } from 'node:fs';
   import { createInterface } from 'node:readline';
   const send = (id, result) => console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
   createInterface({ input: process.stdin }).on('line', (line) => {
     const { id, method, params } = JSON.parse(line);
     if (method === 'initialize') {
       send(id, { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } });
     } else if (method === 'tools/list') send(id, { tools: [] });
     else if (method === 'tools/call') {
       appendFileSync(${JSON.stringify(calls)}, params.name + '\\n');
       send(id, { content: [{ type: 'text', text: 'live answer to ' + params.name }] });
     }
   });`,
);
const guard = join(folder, 'guard.wasm');
writeFileSync(
  guard,
  guardBytes(labelling('{"resource":{"secrecy":[],"integrity":[]},"operation":"read"}', `(drop ${askBackend})`)),
);
const trace = join(folder, 'trace.guardtrace.jsonl');
const header = {
  ...{ schema: 'guardscope-trace/1', tool: 't', version: '0', start: '2026-01-01T00:00:00.000Z' },
  ...{ server: 's', transport: 'stdio', redaction: [] },
};
const lines = [1, 2, 3].flatMap((id) => [
  {
    t: id * 10,
    dir: 'client',
    msg: { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 't', arguments: { id } } },
  },
  { t: id * 10 + 5, dir: 'server', msg: { jsonrpc: '2.0', id, result: { content: [] } } },
]);
writeFileSync(trace, [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));

const replay = (...args: readonly string[]) => guardscope(['replay', trace, '--guard', guard, ...args]);

describe('a live backend', () => {
  it('answers look-ups that were not recorded, and is asked each question once', async () => {
    const run = await replay('--json', '--backend', 'live', '--', process.execPath, server);
    expect(run.code).toBe(0);
    const records = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as DecisionRecord);
    const lookups = records.flatMap(({ guardCalls }) => guardCalls.flatMap(({ backendCalls }) => backendCalls));
    expect(lookups.map(({ tool, end, resultText }) => [tool, end, resultText])).toEqual(
      records.map(() => ['still', 'answered', expect.stringContaining('live answer to still') as string]),
    );
    expect(records).toHaveLength(3);
    expect(readFileSync(calls, 'utf8')).toBe('still\n');
    expect(records.flatMap(({ marks = [] }) => marks)).not.toContain('unrecorded');
  });

  it('that does not start ends the replay before it decides anything', async () => {
    expectRefused(await replay('--backend', 'live', '--', join(folder, 'missing')), 2, 'client/not-started');
  });

  it('needs a command, and a command needs it', async () => {
    expectRefused(await replay('--backend', 'live'), 2, 'cli/usage', 'Missing -- COMMAND');
    expectRefused(await replay('--', 'command'), 2, 'cli/usage', 'COMMAND needs --backend live');
  });
});
