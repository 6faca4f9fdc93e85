/** Wrapping and unwrapping servers: the rest of the file stays byte for byte, and unwrapping restores every byte. */
import * as fc from 'fast-check';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { parse as parseJsonc } from 'jsonc-parser';
import { describe, expect, test } from 'vitest';
import { applyPlan } from '../../../src/engine/clientConfigs/applyPlan.ts';
import { diffText } from '../../../src/core/clientConfigs/diffText.ts';
import type { ClientConfig, ClientFile, TapCommand } from '../../../src/core/clientConfigs/clientModel.ts';
import { readClientText } from '../../../src/core/clientConfigs/clientText.ts';
import { readClientFile } from '../../../src/engine/clientConfigs/clientFiles.ts';
import { RecordFolder } from '../../../src/engine/clientConfigs/changeRecords.ts';
import { applyEdits, entryText, type Plan, planUnwrap, planWrap } from '../../../src/core/clientConfigs/wrap.ts';
import { proves } from '../../support/proves.ts';

const tap: TapCommand = {
  command: '/opt/node "20"/node',
  args: ['/ext/cli.js', 'tap', '--out', '/c/{server}-{time}.guardtrace.jsonl', '--server', 'a b', '--'],
  env: { ELECTRON_RUN_AS_NODE: '1' },
};
const tapUrl: TapCommand = { url: 'http://127.0.0.1:4711/abcdefghijklmnopqrstuvwxyz012345/mcp' };

const fileOf = (client: string, path = `/x/${client === 'codex' ? 'config.toml' : 'mcp.json'}`): ClientFile => {
  return { client, name: client, path, scope: 'user' };
};

function wrapped(config: ClientConfig, name: string, with_ = tap): { plan: Plan; after: ClientConfig } {
  const server = config.servers.find((each) => each.name === name);
  if (server === undefined) throw new Error(`no server ${name} in ${JSON.stringify(config.problems)}`);
  const plan = planWrap(config, server, with_);
  return { plan, after: readClientText(config.file, plan.after) };
}

function unwrapped(before: ClientConfig, after: ClientConfig, name: string, remembered: boolean): string {
  const [server, original] = [after, before].map((config) => config.servers.find((each) => each.name === name));
  if (server === undefined || original === undefined) throw new Error(`no server ${name}`);
  const record = {
    file: before.file.path,
    path: original.path,
    original: entryText(before, original),
    wrapped: entryText(after, server),
    backup: '',
    time: '',
    ...(original.url === undefined ? {} : { url: original.url }),
  };
  const plan = planUnwrap(after, server, remembered ? [record] : []);
  return plan.after;
}

const jsonFiles: readonly (readonly [client: string, name: string, text: string])[] = [
  [
    'vscode',
    'files',
    '{\n\t// mine\n\t"inputs": [],\n\t"servers": {\n\t\t"files": {\n\t\t\t"type": "stdio",\n\t\t\t"command": "npx", // run\n\t\t\t"args": ["-y", "server", "${workspaceFolder}"],\n\t\t},\n\t}\n}\n',
  ],
  ['claude-desktop', 'm', '{"mcpServers":{"m":{"command":"uvx","args":[]}}}'],
  ['claude-code', 'deep', '{ "projects": { "/home/me": { "mcpServers": { "deep": { "command": "a" } } } } }'],
  [
    'cursor',
    'x',
    '\uFEFF{\r\n  "mcpServers": {\r\n    "x": {\r\n      "env": { "TOKEN": "geheim-123" },\r\n      "command": "C:\\\\bin\\\\x.exe"\r\n    }\r\n  }\r\n}\r\n',
  ],
  [
    'zed',
    'old',
    '{ "context_servers": { "old": { "command": { "path": "p", "args": ["q"], "env": {} }, "settings": {} } } }',
  ],
  [
    'zed',
    'new',
    '{ "theme": "x", "context_servers": { "new": { "source": "custom", "command": "p", "args": [ /* none */ ] } }, }',
  ],
  ['gemini', 'ü', '{"mcpServers": {"\\u00fc": {"command": "\\u0061", "args": ["\\u0062"], "env": {"A": "1", }}}}'],
];

const tomlFiles: readonly (readonly [name: string, text: string])[] = [
  [
    'files',
    'model = "o"\n\n[mcp_servers.files] # mine\ncommand = "npx"\nargs = [\n  "-y", # yes\n  "server",\n]\n\n[other]\nx = 1\n',
  ],
  ['my server', '[mcp_servers."my server"]\ncommand = \'C:\\bin\\x.exe\'\nenv = { "TOKEN" = "geheim-123" }'],
  ['t', '[mcp_servers.t]\r\nargs = []\r\ncommand = """x"""\r\n[mcp_servers.t.env]\r\nA = "1"\r\n'],
  ['u', '[mcp_servers.t]\ncommand=\'a\'\n[mcp_servers.u]\nenabled = true\ncommand = "b"'],
];

const configs = [
  ...jsonFiles.map(([client, name, text]) => [name, readClientText(fileOf(client), text)] as const),
  ...tomlFiles.map(([name, text]) => [name, readClientText(fileOf('codex'), text)] as const),
];

describe('commands', () => {
  test.each(configs)('%s is started by the tap, and its own command follows', (name, config) => {
    const { plan, after } = wrapped(config, name);
    const [before, now] = [config, after].map(({ servers }) => servers.find((each) => each.name === name));
    expect(after.problems).toEqual([]);
    expect(now).toMatchObject({
      command: tap.url === undefined ? tap.command : '',
      args: [...(tap.url === undefined ? tap.args : []), before?.command, ...(before?.args ?? [])],
      env: { ...before?.env, ELECTRON_RUN_AS_NODE: '1' },
      wrapped: true,
    });
    expect(applyEdits(plan.before, plan.edits)).toBe(plan.after);
    // The other members of the file have the same values as before.
    const read =
      config.format === 'toml' ? parseToml : (text: string) => parseJsonc(text.replace('\uFEFF', '')) as unknown;
    const others = (text: string): string =>
      JSON.stringify(read(text), (key, value: unknown) =>
        ['command', 'args', 'env'].includes(key) ? undefined : value,
      );
    expect(others(plan.after)).toBe(others(plan.before));
  });

  test.each(configs)('unwrapping %s restores every byte', (name, config) => {
    const { after } = wrapped(config, name);
    expect(unwrapped(config, after, name, true)).toBe(config.text);
  });

  test.each(configs)('unwrapping %s without a record restores its command', (name, config) => {
    const { after } = wrapped(config, name);
    const again = readClientText(config.file, unwrapped(config, after, name, false));
    const [one, other] = [config, again].map(({ servers }) => servers.find((each) => each.name === name));
    expect({ ...other, position: null, env: other?.env ?? {} }).toEqual({
      ...one,
      position: null,
      env: one?.env ?? {},
    });
  });

  test.each(configs)('unwrapping %s preserves edits in the rest of the file', (name, config) => {
    const { after } = wrapped(config, name);
    const comment = config.format === 'toml' ? '# new\n' : '// new\n';
    const mark = config.text.startsWith('\uFEFF') ? '\uFEFF' : '';
    const edited = readClientText(config.file, `${mark}${comment}${after.text.slice(mark.length)}`);
    expect(unwrapped(config, edited, name, true)).toBe(`${mark}${comment}${config.text.slice(mark.length)}`);
  });
});

test('wrapping a random file changes one entry, and unwrapping restores every byte', () => {
  proves('own:unwrap-gives-back');
  const blank = fc.constantFrom('', ' ', '\n', '\r\n', '\t', ' // c\n', '/* , } */', '\n\n  ');
  const text = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('ü', '"', '\\', '{', '//', ' '));
  const json = (value: unknown): string => JSON.stringify(value);
  const entry = fc
    .tuple(
      text,
      fc.option(fc.array(text, { maxLength: 3 })),
      fc.option(fc.dictionary(text, text, { maxKeys: 2 })),
      fc.array(blank, { minLength: 14, maxLength: 14 }),
      fc.boolean(),
    )
    .map(([command, args, env, b, first]) => {
      const list =
        args === null
          ? []
          : [`"args"${b[0]}:${b[1]}[${b[2]}${args.map((arg) => json(arg) + (b[3] ?? '')).join(',' + (b[4] ?? ''))}]`];
      const vars =
        env === null
          ? []
          : [
              `"env":${b[5]}{${b[6]}${Object.entries(env)
                .map(([k, v]) => `${json(k)}${b[7]}:${json(v)}${b[8]}`)
                .join(',')}}`,
            ];
      const own = `"command"${b[9]}:${b[10]}${json(command)}`;
      const members = first ? [own, ...list, ...vars] : [...vars, ...list, own];
      return `{${b[11]}${members.join(`${b[12]},${b[13]}`)}${b[12]}}`;
    });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }),
      fc.array(entry, { minLength: 3, maxLength: 3 }),
      blank,
      fc.boolean(),
      fc.nat(),
      (names, entries, gap, bom, pick) => {
        const body = names.map((name, at) => `${json(name)}:${gap}${entries[at] ?? ''}`).join(`${gap},`);
        const config = readClientText(
          fileOf('cursor'),
          `${bom ? '\uFEFF' : ''}${gap}{"mcpServers":${gap}{${body}}${gap}}${gap}`,
        );
        expect(config.problems).toEqual([]);
        const name = names[pick % names.length] ?? '';
        const { after } = wrapped(config, name);
        expect(after.problems).toEqual([]);
        for (const each of config.servers) {
          const now = after.servers.find((other) => other.name === each.name);
          if (each.name !== name) expect({ ...now, position: null }).toEqual({ ...each, position: null });
          else
            expect(now?.args?.slice(tap.url === undefined ? tap.args.length : 0)).toEqual([
              each.command,
              ...(each.args ?? []),
            ]);
        }
        expect(unwrapped(config, after, name, true)).toBe(config.text);
      },
    ),
    { numRuns: 400 },
  );
});

describe('addresses', () => {
  test.each([
    ['cursor', '{"mcpServers":{"h":{"url":"https://e.example/mcp","headers":{"Authorization":"x"}}}}', 'http'],
    ['gemini', '{"mcpServers":{"h":{"httpUrl":"https://e.example/mcp"}}}', 'http'],
    ['windsurf', '{"mcpServers":{"h":{"serverUrl":"https://e.example/sse"}}}', 'http'],
    ['vscode', '{"servers":{"h":{"type":"sse","url":"https://e.example/sse"}}}', 'sse'],
    ['codex', '[mcp_servers.h]\nurl = "https://e.example/mcp"\n', 'http'],
  ])('the address of a %s server is replaced and restored', (client, text, transport) => {
    const config = readClientText(fileOf(client), text);
    expect(config.servers).toMatchObject([{ name: 'h', transport, wrapped: false }]);
    const { after } = wrapped(config, 'h', tapUrl);
    expect(after.servers).toMatchObject([{ url: tapUrl.url, wrapped: true }]);
    expect(unwrapped(config, after, 'h', true)).toBe(text);
    expect(() => unwrapped(config, after, 'h', false)).toThrow('The original address of "h" was not recorded');
    expect(() => wrapped(config, 'h', tap)).toThrow('"h" has an address, not a command');
  });
});

describe('bad input', () => {
  test.each([
    ['vscode', '{ "servers": { "a": { "command": } } }', 'is not JSON: value expected', 1, 34],
    ['vscode', '[]', 'is not JSON: object expected', 1, 1],
    ['codex', '[mcp_servers.a]\ncommand = \n', 'is not TOML', 2, undefined],
  ])('a syntax error in the %s file %s is reported with its position', (client, text, sentence, line, column) => {
    const { servers, problems } = readClientText(fileOf(client), text);
    expect(servers).toEqual([]);
    expect(problems).toMatchObject([
      {
        severity: 'error',
        code: 'clients/unreadable',
        position: { line, ...(column === undefined ? {} : { column }) },
      },
    ]);
    expect(problems[0]?.message).toContain(sentence);
  });

  test('a wrapped server cannot be wrapped again', () => {
    const config = readClientText(fileOf('cursor'), '{"mcpServers":{"a":{"command":"x"}}}');
    const { after } = wrapped(config, 'a');
    expect(() => wrapped(after, 'a')).toThrow('"a" is already wrapped in a tap');
    expect(() => unwrapped(config, config, 'a', false)).toThrow('"a" is not wrapped in a tap');
  });

  test('a server in an inline table cannot be wrapped', () => {
    const config = readClientText(fileOf('codex'), 'mcp_servers = { a = { command = "x" } }');
    expect(() => wrapped(config, 'a')).toThrow('Guardscope cannot change "a" in');
  });

  test('reports a file that is not UTF-8 or is missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guardscope-clients-'));
    writeFileSync(join(folder, 'mcp.json'), Buffer.from([0x7b, 0xff, 0x7d]));
    for (const [path, sentence] of [
      [join(folder, 'mcp.json'), 'is not UTF-8'],
      [join(folder, 'none.json'), 'cannot be read'],
    ] as const) {
      const { problems } = await readClientFile(fileOf('cursor', path));
      expect(problems[0]?.message).toContain(sentence);
    }
  });
});

describe('writing', () => {
  const setUp = (text: string): { folder: string; path: string; records: RecordFolder } => {
    const folder = mkdtempSync(join(tmpdir(), 'guardscope-clients-'));
    const path = join(folder, 'mcp.json');
    writeFileSync(path, text, { mode: 0o640 });
    return { folder, path, records: new RecordFolder(join(folder, 'own')) };
  };
  const text = '{ "mcpServers": { "a": { "command": "x", "env": { "API_TOKEN": "very secret words" } } } }\n';

  test('wraps and unwraps a file behind a link: mode and link stay, a backup is written, every byte is restored', async () => {
    const { folder, path, records } = setUp(text);
    const link = join(folder, 'link.json');
    symlinkSync(path, link);
    const config = await readClientFile(fileOf('cursor', link));
    const { plan } = wrapped(config, 'a');
    const backup = applyPlan(plan, records, tap);
    expect(readFileSync(backup ?? '', 'utf8')).toBe(text);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readFileSync(path, 'utf8')).toBe(plan.after);
    const now = await readClientFile(fileOf('cursor', link));
    const [server] = now.servers;
    if (server === undefined) throw new Error('no server');
    applyPlan(planUnwrap(now, server, records.read()), records);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(records.read()).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['link.json', 'mcp.json', 'own']);
  });

  test('does not write a file that has changed in the meantime', async () => {
    const { path, records } = setUp(text);
    const { plan } = wrapped(await readClientFile(fileOf('cursor', path)), 'a');
    writeFileSync(path, `${text}\n`);
    expect(() => applyPlan(plan, records, tap)).toThrow('has changed in the meantime');
    expect(readFileSync(path, 'utf8')).toBe(`${text}\n`);
  });

  test('reports a file that no longer exists', async () => {
    const { path, records } = setUp(text);
    const { plan } = wrapped(await readClientFile(fileOf('cursor', path)), 'a');
    rmSync(path);
    expect(() => applyPlan(plan, records, tap)).toThrow(`"${path}" cannot be changed: ENOENT`);
    expect(records.read()).toEqual([]);
  });

  test('the diff of a change contains no secrets', async () => {
    const { path } = setUp(text);
    const { plan } = wrapped(await readClientFile(fileOf('cursor', path)), 'a');
    const diff = diffText(plan);
    expect(diff).toContain(`--- ${path}`);
    expect(diff).toContain('+{ "mcpServers"');
    expect(diff).not.toContain('very secret words');
  });
});
