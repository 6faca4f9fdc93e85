/** The captured twins that VS Code is offered: which ones, with what command, and what happens before one starts. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DisposableStore } from '../../../src/core/base/lifecycle.ts';
import { liveSuffix } from '../../../src/engine/captureHome/liveSessions.ts';
import { capturedServers } from '../../../src/host/mcp/definitionProvider.ts';
import { CaptureHost, pickInOrder, runningExtension, shownTexts } from '../../support/vscode/captureHost.ts';
import { patiently } from '../../support/patience.ts';
import { proves } from '../../support/proves.ts';
import {
  fake,
  fire,
  type McpHttpServerDefinition,
  type McpStdioServerDefinition,
  resetVscode,
} from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let machine: CaptureHost;
let feature: Pick<DisposableStore, 'dispose'>;

beforeEach(() => {
  resetVscode();
  begin();
});
afterEach(() => end());

function begin(extension?: string): void {
  machine = new CaptureHost(extension);
  feature = capturedServers(machine.host.services);
  fake.settings.set('guardscope.capture.publish', 'all');
}

function end(): void {
  feature.dispose();
  machine.close();
}

type Definition = McpStdioServerDefinition & McpHttpServerDefinition;

interface Provider {
  provideMcpServerDefinitions(): Promise<readonly Definition[]>;
  resolveMcpServerDefinition(definition: Definition): Promise<Definition | undefined>;
  onDidChangeMcpServerDefinitions(listener: () => void): void;
}

const provider = (): Provider => fake.serverProvider as Provider;
const offered = (): Promise<readonly Definition[]> => provider().provideMcpServerDefinitions();
const labels = async (): Promise<readonly string[]> => (await offered()).map(({ label }) => label);

/** What VS Code gets for the only server when the user starts it. */
async function resolved(): Promise<Definition | undefined> {
  const [definition] = await offered();
  if (definition === undefined) throw new Error('No server is offered');
  return provider().resolveMcpServerDefinition(definition);
}

/** The user agrees to start what the workspace defines. */
function agree(): void {
  fake.answer = ({ actions }) => actions.find((action) => action === 'Start');
}

const files = { files: { command: 'node', args: ['server.js'], env: { MODE: 'x', GONE: null } } };

describe('the offered servers', () => {
  it('have a tap before the command of the server, with its variables and its folder', async () => {
    machine.servers(files);
    const [definition] = await offered();
    expect(definition).toMatchObject({ label: 'files (captured)', version: '1.2.3', env: { MODE: 'x', GONE: null } });
    expect(definition?.args.join(' ')).toBe(
      `tap --out ${join(machine.captures, '{server}-{time}-{pid}.guardtrace.jsonl')} --server files --max-size 1024 --keep-sessions 50 --controlled -- node server.js`,
    );
    expect(definition?.command).toContain(join('globalStorage', 'guardscope', 'tap'));
    expect(definition?.cwd?.fsPath).toBe(machine.workspace);
  });

  it('have their address and headers when they are reached over HTTP', async () => {
    machine.servers({
      web: { type: 'http', url: 'https://example.com/mcp?a=1', headers: { 'X-Key': '${input:key}' } },
    });
    const [definition] = await offered();
    expect(definition?.uri.toString()).toBe('https://example.com/mcp?a=1');
    expect(definition?.headers).toEqual({ 'X-Key': '${input:key}' });
  });

  it('are those that the user chose, those of both configurations, or none', async () => {
    machine.servers({ ...files, memory: { command: 'memory' } });
    machine.writeHome('.config/Code/User/mcp.json', { servers: { files: { command: 'own' } } });
    machine.writeHome('.cursor/mcp.json', { mcpServers: { other: { command: 'other' } } });
    expect(await labels()).toEqual(['files (captured)', 'memory (captured)', 'files (captured, user)']);
    fake.settings.set('guardscope.capture.publish', 'off');
    expect(await labels()).toEqual([]);
    fake.settings.set('guardscope.capture.publish', 'list');
    expect(await labels()).toEqual([]);
    await machine.host.services.published.add(machine.config, 'memory', 'workspace');
    expect(await labels()).toEqual(['memory (captured)']);
  });

  it('leave out a server that has a tap already', async () => {
    const tap = ['tap', '--out', 'x', '--', 'node'];
    machine.servers({ ...files, wrapped: { command: '/g/guardscope', args: tap } });
    expect(await labels()).toEqual(['files (captured)']);
  });

  it('are none in an untrusted workspace, and none starts that was offered before', async () => {
    proves('own:untrusted-workspace');
    machine.servers(files);
    const [definition] = await offered();
    agree();
    fake.trusted = false;
    expect(await labels()).toEqual([]);
    expect(definition && (await provider().resolveMcpServerDefinition(definition))).toBeUndefined();
    expect(fake.messages).toEqual([]);
    expect(machine.captured()).toEqual([]);
  });

  it('leave out a file that cannot be read, with a line in the log, and keep those of the others', async () => {
    machine.write('.vscode/mcp.json', '{ "servers": {');
    machine.writeHome('.config/Code/User/mcp.json', { servers: { own: { command: 'own' } } });
    expect(await labels()).toEqual(['own (captured)']);
    expect(machine.host.logged).toEqual([
      expect.stringMatching(/^warn clients\/unreadable: The configuration of VS Code is not JSON.*mcp\.json\)$/),
    ]);
  });

  it('leave out one whose address is none, with a line in the log, and keep the others', async () => {
    machine.servers({ bad: { type: 'http', url: 'a:////b' }, ...files });
    expect(await labels()).toEqual(['files (captured)']);
    expect(machine.host.logged).toEqual([expect.stringMatching(/"bad \(captured\)" is not offered: /)]);
  });

  it('are none when the tap cannot be installed, with the reason in the log', async () => {
    end();
    resetVscode();
    begin('/no/such/extension');
    machine.servers(files);
    expect(await labels()).toEqual([]);
    expect(machine.host.logged).toEqual([expect.stringMatching(/^error capture\/launcher: .*Cannot install the tap/)]);
  });

  it('change with settings, trust, folders, configurations and choices', async () => {
    let changes = 0;
    provider().onDidChangeMcpServerDefinitions(() => changes++);
    fire.changeSetting('guardscope.capture.redact', false);
    fire.changeSetting('guardscope.mode', 'filter');
    expect(changes).toBe(1);
    fire.grantTrust();
    fire.changeFolders();
    expect(changes).toBe(3);
    fire.changeFile(machine.config);
    expect(changes).toBeGreaterThan(3);
    const before = changes;
    await machine.host.services.published.add(machine.config, 'files', 'workspace');
    expect(changes).toBe(before + 1);
    machine.servers(files);
    expect((await offered())[0]?.args).toContain('--no-redact');
  });

  it('need an editor with the API', () => {
    feature.dispose();
    fake.hasServerApi = false;
    feature = capturedServers(machine.host.services);
    expect(fake.serverProvider).toBeNull();
  });
});

describe('before a server starts', () => {
  it('the user agrees to the command of the workspace; otherwise nothing starts and nothing is made', async () => {
    proves('own:settings-of-a-workspace');
    machine.servers(files);
    expect(await resolved()).toBeUndefined();
    expect(fake.messages).toMatchObject([
      {
        kind: 'warning',
        text: 'Start "files" as .vscode/mcp.json defines it?',
        detail: 'It runs: node server.js',
        actions: ['Start'],
      },
    ]);
    expect(readdirSync(machine.workspace)).toEqual(['.vscode']);
    agree();
    expect(await resolved()).toMatchObject({ label: 'files (captured)' });
    expect(readdirSync(machine.captures)).toEqual(['.gitignore']);
    machine.servers({ files: { command: 'node', args: ['evil.js'] } });
    fake.answer = () => undefined;
    expect(await resolved()).toBeUndefined();
    expect(fake.messages.at(-1)?.detail).toBe(
      'It runs: node evil.js\n\nThe entry changed since you last agreed to it.',
    );
  });

  it('variables are filled in, and each input is asked for once in a window', async () => {
    const inputs = [
      { id: 'token', type: 'promptString', description: 'The token', password: true },
      { id: 'level', type: 'pickString', description: 'The level', options: ['low', { value: 'high' }] },
      { id: 'made', type: 'command', command: 'other.make', args: { of: 1 } },
      { id: 'name', type: 'promptString', description: 'The name', default: 'me' },
    ];
    const args = ['${workspaceFolder}/x', '${input:token}', '${input:level}', '${input:made}', '${input:name}'];
    const more = [
      '${config:my.setting}',
      '${command:other.make}',
      '${workspaceFolder:work}',
      '${env:HOME}',
      '${nothing}',
    ];
    machine.servers(
      { files: { command: 'node', args: [...args, ...more], env: { TOKEN: '${input:token}', NONE: '${input:none}' } } },
      inputs,
    );
    fake.settings.set('my.setting', 7);
    fake.answering.set('other.make', (given) => `made${JSON.stringify(given) ?? ''}`);
    fake.enter = ({ title, value }) => (title === 'The token' ? 'secret' : value);
    agree();
    pickInOrder('high');
    const definition = await resolved();
    const at = (definition?.args.indexOf('node') ?? 0) + 1;
    expect(definition?.args.slice(at)).toEqual([
      `${machine.workspace}/x`,
      'secret',
      'high',
      'made{"of":1}',
      'me',
      '7',
      'made',
      machine.workspace,
      machine.home,
      '${nothing}',
    ]);
    expect(definition?.env).toEqual({ TOKEN: 'secret', NONE: '${input:none}' });
    expect(fake.inputs).toEqual([
      { title: 'The token', value: '', password: true },
      { title: 'The name', value: 'me', password: false },
    ]);
    await resolved();
    expect(fake.inputs).toHaveLength(2);
  });

  it.each([
    ['an input box', { type: 'promptString' }],
    ['a list', { type: 'pickString', options: ['a'] }],
    ['a command that has no answer', { type: 'command', command: 'other.none' }],
  ])('nothing starts, and no message appears, when the user leaves %s', async (_what, input) => {
    machine.servers({ files: { command: 'node', args: ['${input:x}'] } }, [{ id: 'x', ...input }]);
    agree();
    expect(await resolved()).toBeUndefined();
    expect(shownTexts()).toEqual(['Start "files" as .vscode/mcp.json defines it?']);
  });

  it.each([
    ['server', 'server', undefined],
    ['${workspaceFolder}/a', 'a', undefined],
    ['~', '', 'home'],
  ] as const)('the folder "%s" is where VS Code starts the server itself', async (cwd, below, root) => {
    machine.servers({ files: { command: 'node', cwd } });
    agree();
    const definition = await resolved();
    expect(definition?.cwd?.fsPath).toBe(join(root === 'home' ? machine.home : machine.workspace, below));
  });

  it('the variables of envFile are read, and those of env win', async () => {
    const envFile = '${workspaceFolder}/.env';
    machine.servers({ files: { command: 'node', envFile, env: { MODE: 'mine' } } });
    machine.write('.env', 'MODE=theirs\nKEY="a b"\n');
    agree();
    expect((await resolved())?.env).toEqual({ MODE: 'mine', KEY: 'a b' });
    machine.servers({ files: { command: 'node', envFile: '.env' } });
    expect((await resolved())?.env).toMatchObject({ MODE: 'theirs' });
    rmSync(join(machine.workspace, '.env'));
    expect(await resolved()).toBeUndefined();
    expect(fake.messages.at(-1)).toMatchObject({
      kind: 'error',
      text: expect.stringMatching(
        /^The variables of "files" cannot be read from ".*\.env": ENOENT.*Correct the "envFile"/,
      ),
    });
    expect(machine.host.logged).toEqual([expect.stringMatching(/^error clients\/env-file: /)]);
  });

  it('a capture folder that cannot be made is reported, and the server does not start', async () => {
    machine.servers(files);
    machine.write('.guardscope', 'a file');
    agree();
    expect(await resolved()).toBeUndefined();
    expect(shownTexts().at(-1)).toMatch(/^Cannot create the capture folder /);
  });

  it('a server whose entry vanished does not start', async () => {
    machine.servers(files);
    const [definition] = await offered();
    writeFileSync(machine.config, '{ "servers": {} }');
    expect(await labels()).toEqual([]);
    agree();
    expect(definition && (await provider().resolveMcpServerDefinition(definition))).toBeUndefined();
    expect(fake.messages).toEqual([]);
  });
});

describe('a server with an address', () => {
  beforeEach(() => {
    end();
    resetVscode();
    begin(runningExtension);
    agree();
  });

  it('gets the address of a tap that runs, the same one at the next start, and the tap ends with the window', async () => {
    const server = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    machine.servers(
      { web: { type: 'http', url: 'http://127.0.0.1:${input:port}/mcp', headers: { A: '${input:port}' } } },
      [{ id: 'port', type: 'promptString' }],
    );
    fake.enter = () => String(port);
    const first = await resolved();
    expect(fake.messages).toMatchObject([{ detail: 'It connects to: http://127.0.0.1:${input:port}/mcp' }]);
    expect(first?.uri.toString()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/mcp$/);
    expect(first?.headers).toEqual({ A: String(port) });
    expect((await resolved())?.uri.toString()).toBe(first?.uri.toString());
    const lives = (): readonly string[] => readdirSync(machine.captures).filter((name) => name.endsWith(liveSuffix));
    await vi.waitFor(() => expect(lives()).toHaveLength(1), { timeout: patiently(20_000), interval: 20 });
    feature.dispose();
    await vi.waitFor(() => expect(lives()).toEqual([]), { timeout: patiently(20_000), interval: 20 });
    server.close();
  });

  it('that is none does not start, and the sentence quotes the tap', async () => {
    machine.servers({ web: { type: 'http', url: 'ftp://${input:host}/' } }, [{ id: 'host', type: 'promptString' }]);
    fake.enter = () => 'example.com';
    expect(await resolved()).toBeUndefined();
    expect(fake.messages.at(-1)).toMatchObject({
      kind: 'error',
      text: expect.stringMatching(/^The tap did not start: .*"ftp:\/\/".*Check the URL of the server$/s),
    });
  });
});
