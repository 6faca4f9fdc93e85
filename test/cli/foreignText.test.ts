/** Text from traces, guards and servers cannot control the terminal: every command escapes it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fromText } from '../core/wasm/support.ts';
import { guardBytes } from '../engine/runtime/guards.ts';
import { proves } from '../support/proves.ts';
import { type CliRun, expectOrderly, guardscope, guardscopeHere } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'foreign-text-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function capture(name: string, messages: readonly (readonly ['client' | 'server', object])[]): string {
  const header = { schema: 'guardscope-trace/1', tool: 'x', version: '0', start: '2026-01-01T00:00:00.000Z' };
  const lines = [
    { ...header, server: 's', transport: 'stdio', redaction: [] },
    ...messages.map(([dir, msg], at) => ({ t: at, dir, msg: { jsonrpc: '2.0', ...msg } })),
  ];
  return file(name, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** Text that would clear the screen, ring the bell, and forge a row of the table. */
const hostileText = 'x\u001B[2J\u0007\u009B31m\u202E\n   2  allowed';
const escapedText = String.raw`x\u{1b}[2J\u{7}\u{9b}31m\u{202e}\u{a}   2  allowed`;

/** Expects no invisible characters except line feeds. */
function expectVisible({ stdout, stderr }: CliRun): void {
  expect(stdout + stderr).not.toMatch(/[^\n\P{Cc}]|\p{Cf}|\uFFFD/u);
}

const trace = capture('hostile.guardtrace.jsonl', [
  ['client', { id: 1, method: 'tools/call', params: { name: hostileText, arguments: { a: hostileText } } }],
  ['server', { id: 1, error: { code: 1, message: `bad ${hostileText}` } }],
]);

describe('replay escapes', () => {
  test.each([[[]], [['--explain']]])('names of tools and errors of servers, with the flags %j', async (flags) => {
    const run = await guardscopeHere(['replay', trace, '--guard', 'noop', ...flags]);
    expectOrderly(run);
    expectVisible(run);
    expect(run.stdout).toContain(String.raw`   1  error    read-write x\u{1b}[2J\u{7}\u{9b}31m`);
    expect(run.stdout).toContain(`bad ${escapedText.split(String.raw`\u{a}`)[0]}`);
    expect(run.stdout.match(/^ +\d+ {2}\w+ /gm)).toHaveLength(1);
  });

  test('log lines of a guard', async () => {
    const log = 'say \u001B[31mred\u0085';
    const bytes = [...new TextEncoder().encode(log)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
    const guard = guardBytes({
      rest: `(data (i32.const 100) "${bytes}")`,
      label_resource: `(call $host_log (i32.const 3) (i32.const 100) (i32.const ${bytes.length / 3})) (i32.const -1)`,
    });
    const run = await guardscopeHere(['replay', trace, '--guard', file('logs.wasm', guard)]);
    expectVisible(run);
    expect(run.stdout).toContain(String.raw`the guard logged "say \u{1b}[31mred\u{85}"`);
  });

  test('the JSON of records, which keeps its values', async () => {
    proves('own:json-is-visible');
    const run = await guardscopeHere(['replay', trace, '--guard', 'noop', '--json']);
    expectVisible(run);
    expect(run.stdout).toContain(String.raw`\u001b[2J\u0007\u009b31m\u202e\n   2  allowed`);
    expect(JSON.parse(run.stdout)).toMatchObject({ tool: hostileText, args: { a: hostileText } });
  });
});

test('inspect escapes names in a module', async () => {
  const guard = file('names.wasm', fromText(String.raw`(module (func (export "a\1b[2J\0a  func    forged")))`));
  const run = await guardscopeHere(['inspect', guard]);
  expectVisible(run);
  expect(run.stdout).toContain(String.raw`func    a\u{1b}[2J\u{a}  func    forged`);
});

test('drift escapes names of tools', async () => {
  const tools = (name: string): readonly (readonly ['client' | 'server', object])[] => [
    ['client', { id: 1, method: 'tools/list' }],
    ['server', { id: 1, result: { tools: [{ name, inputSchema: {} }] } }],
  ];
  const run = await guardscopeHere(['drift', capture('a.jsonl', tools('a')), capture('b.jsonl', tools(hostileText))]);
  expectVisible(run);
  expect(run).toMatchObject({ code: 1, stdout: `- a\n+ ${escapedText}\n` });
});

test('clients and wrap escape names of servers', async () => {
  const config = file(
    '.mcp.json',
    JSON.stringify({ mcpServers: { [hostileText]: { command: hostileText } } }, null, '\t'),
  );
  const env = { HOME: folder, USERPROFILE: folder };
  const listed = await guardscope(['clients'], { cwd: folder, env });
  expectVisible(listed);
  expect(listed.stdout).toContain(`  ${escapedText}`);
  const asJson = await guardscope(['clients', '--json'], { cwd: folder, env });
  expectVisible(asJson);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ name: hostileText });
  const refused = await guardscope(['wrap', config, 'y'], { cwd: folder, env });
  expect(refused.code).toBe(2);
  expect(refused.stderr).not.toContain('\u001B');
  // The preview of the change preserves the tabs of the file.
  const planned = await guardscope(['wrap', config, hostileText, '--dry-run'], { cwd: folder, env });
  expect(planned.code).toBe(0);
  expect(planned.stdout).toContain('\n+\t');
  expect(planned.stdout).not.toContain('\u001B');
});
