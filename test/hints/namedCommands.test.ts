/** Messages name only commands and options of the command line that exist, and traces that can be imported are said to be. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cliCommands } from '../../src/cli/commandLine.ts';
import { readTrace } from '../../src/core/trace/reader.ts';
import { importTrace } from '../../src/engine/traceFiles/importTrace.ts';
import { guardscopeHere } from '../cli/run.ts';
import { proves } from '../support/proves.ts';
import { sourceFiles } from '../support/structure/sourceFiles.ts';

const folder = mkdtempSync(join(tmpdir(), 'hints-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lines of code, without comments. */
const lines = sourceFiles('src').flatMap(({ path, text }) =>
  text
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .split('\n')
    .filter((line) => !/^\s*\/\//.test(line))
    .map((line) => ({ path, line })),
);

/** Options of the gateway that messages name. */
const ofTheGateway = new Set([
  'guards-mode',
  'config-stdin',
  'log-dir',
  'guard-policy-json',
  'allowonly-scope-public',
  'allowonly-scope-owner',
  'allowonly-scope-repo',
  'allowonly-min-integrity',
  'trusted-bots',
]);
/** Options without a command. */
/** The options of every command, and the one of V8 that the command line sets for itself. */
const others = new Set(['help', 'version', 'heap-growing-percent']);
/** Rooms that know the options of other programs: compilers, and commands in a text with secrets. */
const aboutOthers = /^src\/core\/(?:dwarf|newGuard|redaction|symbols|wasm)\//;

describe('messages', () => {
  it('name commands that exist', () => {
    proves('own:hints-name-what-exists');
    const known = new Set([...cliCommands.map(({ name }) => name), 'help']);
    const named = lines.flatMap(({ path, line }) =>
      [...line.matchAll(/guardscope ([a-z]+)\b(?=[^'`]*["'`]| [A-Z-])/g)].map(([, name = '']) => ({ path, name })),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ name }) => !known.has(name) && !/^(?:server|guard)$/.test(name))).toEqual([]);
  });

  it('name options that exist', () => {
    const flags = new Set(cliCommands.flatMap((command) => Object.keys(command.flags)));
    // `--depth` also counts a variable down.
    const own = lines
      .filter(({ path }) => !aboutOthers.test(path))
      .map(({ path, line }) => ({ path, line: line.replaceAll(/--[a-zA-Z]+(?=[;)]| [=<>!]=)/g, '') }));
    const named = own.flatMap(({ path, line }) =>
      [...line.matchAll(/(?<=['"`][^'"`]*(?<![\w-]))--([a-z][a-z-]+)/g)].map(([, name = '']) => ({ path, name })),
    );
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter(({ name }) => !flags.has(name) && !ofTheGateway.has(name) && !others.has(name))).toEqual([]);
  });
});

describe('a file that can be imported', () => {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't', arguments: {} } };
  const entry = {
    startedDateTime: '2026-01-02T03:04:05.000Z',
    time: 5,
    request: { method: 'POST', url: 'http://x/mcp', headers: [], postData: { text: JSON.stringify(message) } },
    response: {
      status: 200,
      headers: [],
      content: { mimeType: 'application/json', text: JSON.stringify({ jsonrpc: '2.0', id: 1, result: {} }) },
    },
  };
  const files: readonly (readonly [string, string])[] = [
    ['a.har', JSON.stringify({ log: { version: '1.2', entries: [entry] } })],
    ['pretty.har', JSON.stringify({ log: { version: '1.2', entries: [entry] } }, null, 2)],
    ['lines.jsonl', `${JSON.stringify(message)}\n${JSON.stringify({ jsonrpc: '2.0', id: 1, result: {} })}\n`],
    ['list.json', JSON.stringify([message])],
    ['pretty.json', JSON.stringify([message], null, 2)],
    ['noVersion.jsonl', `${JSON.stringify({ id: 1, method: 'tools/list' })}\n`],
    [
      'cassette.json',
      JSON.stringify({
        version: '1.0',
        metadata: {},
        interactions: [{ type: 'request', request: message, response: { jsonrpc: '2.0', id: 1, result: {} } }],
      }),
    ],
  ];
  it.each(files)('%s is said to be one when it is opened as a trace', async (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    const [problem] = readTrace(text, { file: name }).problems;
    expect(problem?.hint).toContain('guardscope import');
    expect((await importTrace(path, { folder, version: '1' })).captures).toHaveLength(1);
  });

  it.each([
    [
      'an envelope of another program',
      '{"timestamp":"2026-04-12T10:00:01Z","direction":"OUT","kind":"q","payload":{"jsonrpc":"2.0","id":1,"method":"x"}}\n',
    ],
    ['decisions', '{"index":0,"endedIn":null,"client":{},"agentBefore":{}}\n'],
  ])('%s is not', (_, text) => {
    expect(readTrace(text).problems[0]?.hint).not.toContain('guardscope import');
  });
});

describe('wrong usage', () => {
  const wrong: readonly (readonly string[])[] = [
    [],
    ['no-such-command', 'a', 'b'],
    ['help', 'no-such-command'],
    ...cliCommands.flatMap(({ name, positions }) => [
      [name, '--no-such-flag'],
      [name, ...positions, 'x', 'more'],
    ]),
  ];
  it.each(wrong.slice(1).map((args) => [args]))('%j leads to a help text that exists', async (args) => {
    const run = await guardscopeHere(args);
    expect(run.code).toBe(2);
    const hints = [...run.stderr.matchAll(/"guardscope ([^"]+)"/g)].map(([, line = '']) => line.split(' '));
    expect(hints.length).toBeGreaterThan(0);
    for (const hint of hints) expect(await guardscopeHere(hint)).toMatchObject({ code: 0, stderr: '' });
  });
});
