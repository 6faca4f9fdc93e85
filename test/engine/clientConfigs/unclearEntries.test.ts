/** Entries that clients may read in different ways: they are listed with the reason, never wrapped, and never changed. */
import { parse as parseJsonc } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import type { ClientConfig, TapCommand } from '../../../src/core/clientConfigs/clientModel.ts';
import { readClientText } from '../../../src/core/clientConfigs/clientText.ts';
import { entryText, planUnwrap, planWrap, requireClear } from '../../../src/core/clientConfigs/wrap.ts';
import { proves } from '../../support/proves.ts';

const tap: TapCommand = { command: 'node', args: ['cli.js', 'tap', '--out', 'x', '--server', 'a', '--'] };
const tapWithEnv: TapCommand = { ...tap, env: { ELECTRON_RUN_AS_NODE: '1' } };

function read(client: string, text: string): ClientConfig {
  return readClientText({ client, name: client, path: `/x/${client}`, scope: 'user' }, text);
}

/** Wraps "a", or says why not. */
function attempt(config: ClientConfig, with_: TapCommand): string {
  const server = config.servers.find(({ name }) => name === 'a');
  try {
    if (server === undefined) {
      requireClear(config, config.faults.find(({ path }) => path.at(-1) === 'a')?.path ?? []);
      return 'no server';
    }
    return planWrap(config, server, with_).after;
  } catch (thrown) {
    return `refused: ${(thrown as Error).message}`;
  }
}

const json = (entry: string): string => `{"mcpServers":{"a":${entry}}}`;

describe('an entry is not wrapped', () => {
  test.each([
    ['args null', json('{"command":"srv","args":null}'), 'its "args" is null'],
    ['args a string', json('{"command":"srv","args":"-x"}'), 'its "args" is a string'],
    ['args an object', json('{"command":"srv","args":{}}'), 'its "args" is an object'],
    [
      'args with a list',
      json('{"command":"srv","args":[["x"]]}'),
      'its "args" is a list with other values than strings',
    ],
    ['args with null', json('{"command":"srv","args":[null]}'), 'its "args" is a list with other values than strings'],
    ['env null', json('{"command":"srv","env":null}'), 'its "env" is null'],
    ['env a list', json('{"command":"srv","env":[]}'), 'its "env" is a list'],
    ['env a string', json('{"command":"srv","env":"A=1"}'), 'its "env" is a string'],
    ['command a list', json('{"command":["srv","x"]}'), 'its "command" is a list'],
    ['command null', json('{"command":null}'), 'its "command" is null'],
    ['command a number', json('{"command":5}'), 'its "command" is a number'],
    [
      'url beside command',
      json('{"command":"srv","url":"http://h"}'),
      'it has "command" and "url", and clients differ',
    ],
    ['url null beside command', json('{"command":"srv","url":null}'), 'its "url" is null'],
    [
      'httpUrl beside url',
      json('{"httpUrl":"http://h","url":"http://i"}'),
      'it has "url" and "httpUrl", and clients differ',
    ],
    ['url a list', json('{"url":["http://h"]}'), 'its "url" is a list'],
    ['another type', json('{"type":"http","command":"srv"}'), 'its "type" is "http", but it has a "command"'],
    ['type stdio with a url', json('{"type":"stdio","url":"http://h"}'), 'its "type" is "stdio", but it has a "url"'],
    [
      'an object as command and args beside it',
      json('{"command":{"path":"p"},"args":["x"]}'),
      'its "command" is an object, and it has "args" beside it',
    ],
    ['an empty entry', json('{}'), 'it has neither a "command" nor a "url"'],
    ['command twice', json('{"command":"one","command":"two"}'), 'it has "command" twice'],
    ['args twice', json('{"command":"srv","args":[],"args":["x"]}'), 'it has "args" twice'],
    ['a variable twice', json('{"command":"srv","env":{"T":"1","T":"2"}}'), 'its "env" has "T" twice'],
    [
      'another case',
      json('{"command":"srv","Args":["x"]}'),
      'it has "Args", which only clients that ignore case read as "args"',
    ],
    ['two cases', json('{"command":"srv","Command":"x"}'), 'it has "Command", which only clients that ignore case'],
    [
      'the server twice',
      '{"mcpServers":{"a":{"command":"1"},"a":{"command":"2"}}}',
      '"a" stands 2 times in one object',
    ],
    [
      'the servers twice',
      '{"mcpServers":{"a":{"command":"1"}},"mcpServers":{"a":{"command":"2"}}}',
      '"mcpServers" stands 2 times',
    ],
    [
      'the servers in two spellings',
      '{"mcpServers":{"a":{"command":"1"}},"mcpservers":{}}',
      '"mcpServers" stands in two spellings',
    ],
    ['the project twice', '{"projects":{"/p":{},"/p":{"mcpServers":{"a":{"command":"1"}}}}}', '"/p" stands 2 times'],
  ])('of JSON with %s', (_, text, reason) => {
    proves('own:clear-entries');
    const config = read('claude-code', text);
    expect(config.problems).toEqual([]);
    expect(attempt(config, tap)).toContain(`refused: Guardscope cannot change "a" in "/x/claude-code": `);
    expect(attempt(config, tap)).toContain(reason);
    expect(config.faults.every(({ hint }) => hint !== '')).toBe(true);
  });

  test.each([
    ['args a string', '[mcp_servers.a]\ncommand = "s"\nargs = "x"\n', 'its "args" is a string'],
    ['env a list', '[mcp_servers.a]\ncommand = "s"\nenv = []\n', 'its "env" is a list'],
    ['command a list', '[mcp_servers.a]\ncommand = ["s"]\n', 'its "command" is a list'],
    ['url beside command', '[mcp_servers.a]\ncommand = "s"\nurl = "http://h"\n', 'it has "command" and "url"'],
    ['another case', '[mcp_servers.a]\ncommand = "s"\nArgs = []\n', 'it has "Args"'],
    ['dotted keys of the table', '[mcp_servers]\na.command = "s"\n', 'as it is written'],
    ['an inline table', 'mcp_servers.a = { command = "s" }\n', 'as it is written'],
    ['dotted variables', '[mcp_servers.a]\ncommand = "s"\nenv.T = "1"\n', 'as it is written'],
    ['dotted variables above', '[mcp_servers]\na.env.T = "1"\n[mcp_servers.b]\ncommand = "x"\n', 'neither a "command"'],
    ['its parts apart', '[mcp_servers.a]\ncommand = "s"\n[other]\n[mcp_servers.a.env]\nT = "1"\n', 'as it is written'],
  ])('of TOML with %s', (_, text, reason) => {
    const config = read('codex', text);
    expect(config.problems).toEqual([]);
    expect(attempt(config, tapWithEnv)).toContain('refused: Guardscope cannot change "a" in "/x/codex"');
    expect(attempt(config, tapWithEnv)).toContain(reason);
  });
});

describe('an entry that every client reads the same way', () => {
  test.each([
    ['claude-code', json('{"command":"srv"}')],
    ['claude-code', json('{"command":"srv","args":[]}')],
    ['claude-code', json('{"type":"stdio","command":"srv","args":["1",2,true],"env":{"T":"1","N":5}}')],
    ['claude-code', '{"mcpServers":{"A":{"command":"1"},"a":{"command":"srv","disabled":false}}}'],
    ['zed', '{"context_servers":{"a":{"source":"custom","command":"srv","args":[],"env":{}}}}'],
    ['codex', '[mcp_servers.a]\ncommand = "srv"\n\n[mcp_servers.a.env]\nT = "1"\n\n[other]\nx = 1\n'],
    ['codex', '[mcp_servers.a]\r\ncommand = \'srv\'\r\nenv = {}\r\nargs = [\r\n  "x", # y\r\n]\r\n'],
    ['codex', '[mcp_servers."a"]\ncommand = "srv"'],
  ])('of %s is wrapped, and unwrapped byte for byte: %s', (client, text) => {
    for (const with_ of [tap, tapWithEnv]) {
      const config = read(client, text);
      const server = config.servers.find(({ name }) => name === 'a');
      if (server === undefined) throw new Error(text);
      const plan = planWrap(config, server, with_);
      const parse = (content: string): unknown => (client === 'codex' ? parseToml(content) : parseJsonc(content));
      expect(JSON.stringify(parse(plan.after))).toContain('"command":"node"');
      expect(JSON.stringify(parse(plan.after))).toContain('"--","srv"');
      const after = read(client, plan.after);
      const now = after.servers.find(({ name }) => name === 'a') ?? server;
      expect(now).toMatchObject({ wrapped: true, command: 'node' });
      const record = {
        file: config.file.path,
        path: server.path,
        original: entryText(config, server),
        wrapped: entryText(after, now),
        backup: '',
        time: '',
      };
      expect(planUnwrap(after, now, [record]).after).toBe(text);
    }
  });

  test('names its project', () => {
    const { servers } = read(
      'claude-code',
      '{"mcpServers":{"a":{"command":"1"}},"projects":{"/p":{"mcpServers":{"a":{"command":"2"}}}}}',
    );
    expect(servers.map(({ project }) => project)).toEqual([undefined, '/p']);
  });
});
