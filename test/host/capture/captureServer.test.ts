/** "Capture MCP Server…": the list of servers, the shown change, what is written, and the twin that VS Code is offered instead. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { textDocuments } from '../../../src/host/base/textDocuments.ts';
import { captureServers } from '../../../src/host/capture/captureServer.ts';
import { CaptureHost, pickInOrder, shownTexts, textOfFile } from '../../support/vscode/captureHost.ts';
import { proves } from '../../support/proves.ts';
import { fake, resetVscode, runCommand, type Uri } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let machine: CaptureHost;

beforeEach(() => {
  resetVscode();
  machine = new CaptureHost();
  start(machine);
});
afterEach(() => machine.close());

function start({ host }: CaptureHost): void {
  for (const feature of [textDocuments, captureServers]) feature(host.services);
}

const capture = (): Promise<unknown> => runCommand('guardscope.captureServer');
const release = (): Promise<unknown> => runCommand('guardscope.releaseServer');

/** An entry as written by hand, with a secret and irregular spaces. */
const entry = `{
  // mine
  "servers": { "files": { "command": "node",   "args": [ "server.js" ], "env": { "API_KEY": "do-not-show-me" } } }
}
`;

/** Both sides of the diff that was shown last. */
function diff(): { readonly title: unknown; readonly sides: readonly string[] } {
  const [, left, right, title] = fake.executed.find(([id]) => id === 'vscode.diff') ?? [];
  const sides = [left, right].map((uri) => {
    const of = uri as Uri;
    return String(fake.contentProviders.get(of.scheme)?.provideTextDocumentContent(of));
  });
  return { title, sides };
}

/** Whether the lines of the diff were wrapped by the extension. */
function wasWrapped(): boolean {
  return fake.executed.some(([id]) => id === 'editor.action.toggleWordWrap');
}

describe('Capture MCP Server…', () => {
  it('says what to do when no client has a configuration', async () => {
    await capture();
    expect(fake.messages).toMatchObject([
      {
        kind: 'information',
        text: 'No MCP client configuration was found. Add a server to .vscode/mcp.json first.',
        actions: ['Add Server…'],
      },
    ]);
    expect(fake.executed).toEqual([]);
    fake.answer = () => 'Add Server…';
    await capture();
    expect(fake.executed).toEqual([['workbench.mcp.addConfiguration']]);
  });

  it('says what to do when the configurations have no servers, instead of an empty list', async () => {
    machine.servers({});
    await capture();
    expect(shownTexts()).toEqual(['No MCP server was found. Add a server to .vscode/mcp.json first.']);
    expect(fake.picks).toEqual([]);
  });

  it('lists the servers by file, with the command or address, and without secrets', async () => {
    machine.servers({
      files: { command: '/usr/bin/node', args: ['server.js', '--token=ghp_0123456789abcdefghijklmnopqrstuvwxyz'] },
      web: { type: 'http', url: 'https://example.com/mcp' },
    });
    machine.writeHome('.cursor/mcp.json', { mcpServers: { memory: { command: 'npx', args: ['server-memory'] } } });
    machine.writeHome('.config/Code/User/mcp.json', { servers: { own: { command: 'own' } } });
    await capture();
    expect(fake.picks).toEqual([
      {
        placeHolder: 'Select the MCP server to capture',
        labels: [
          'VS Code, .vscode/mcp.json',
          '$(server-process) files',
          '$(globe) web',
          'VS Code, ~/.config/Code/User/mcp.json',
          '$(server-process) own',
          'Cursor, ~/.cursor/mcp.json',
          '$(server-process) memory',
        ],
      },
    ]);
    const details = Object.fromEntries(fake.rows.map(({ label, detail }) => [label.split(' ').at(-1), detail]));
    expect(details).toMatchObject({ web: 'https://example.com/mcp', memory: 'npx server-memory' });
    expect(details['files']).toMatch(/^node server\.js --token=«redacted:/);
  });

  it('lists a file that cannot be read with its line, and opens it there', async () => {
    machine.servers({ files: { command: 'node' } });
    const broken = machine.writeHome('.cursor/mcp.json', '{\n  "mcpServers": {\n    "x": {,}\n  }\n}\n');
    pickInOrder('mcp.json, line 3');
    fake.answer = ({ actions }) => actions[0];
    await capture();
    expect(fake.messages).toMatchObject([
      {
        kind: 'error',
        text: expect.stringMatching(/^The configuration of Cursor is not JSON.*\(~\/\.cursor\/mcp\.json\)\. ./),
        actions: ['Open File at Line 3'],
      },
    ]);
    expect(fake.opened).toMatchObject([{ uri: { path: broken }, options: { selection: { start: { line: 2 } } } }]);
  });
});

describe('a tap in the configuration', () => {
  beforeEach(() => {
    machine.write('.vscode/mcp.json', entry);
  });

  it.each([
    ['editor.wordWrap', 'on'],
    ['diffEditor.wordWrap', 'on'],
  ])('keeps the wrapped lines of %s', async (setting, value) => {
    fake.settings.set(setting, value);
    pickInOrder('files', 'Add a tap', 'Cancel');
    await capture();
    expect([diff().title, wasWrapped()]).toEqual(['.vscode/mcp.json: Proposed Change', false]);
  });

  it('is added after the change was shown, and the release gives every byte back', async () => {
    proves('own:unwrap-gives-back');
    pickInOrder('files', 'Add a tap', 'Add Tap');
    await capture();
    expect(fake.picks.slice(1)).toEqual([
      {
        placeHolder: 'Select how to capture "files"',
        labels: ['$(extensions) Capture through VS Code', '$(edit) Add a tap to the configuration'],
      },
      { placeHolder: 'Add a tap to "files" in .vscode/mcp.json?', labels: ['$(check) Add Tap', '$(close) Cancel'] },
    ]);
    expect(fake.rows[0]?.detail).toBe('Sessions are captured in .guardscope/captures. A backup of the file is kept.');
    const { title, sides } = diff();
    expect(wasWrapped()).toBe(true);
    expect(title).toBe('.vscode/mcp.json: Proposed Change');
    expect(sides[0]).toContain('"API_KEY": "•••"');
    expect(sides[1]).toContain('"tap", "--out"');
    expect(sides.join('')).not.toContain('do-not-show-me');
    expect(fake.tabs).toEqual([]);
    const wrapped = textOfFile(machine.config);
    expect(wrapped).toMatch(/"tap", "--out", ".*", "--server", "files",.*"--controlled", "--", "node", "server\.js"/);
    expect(textOfFile(join(machine.captures, '.gitignore'))).toBe('*\n');
    const backups = join(machine.home, '.guardscope', 'backups');
    expect(readdirSync(backups).map((name) => textOfFile(join(backups, name)))).toEqual([entry]);
    expect(shownTexts()).toEqual([
      '"files" is captured from its next start. Restart the server in VS Code: "MCP: List Servers".',
    ]);

    // A captured server is listed as such, and picking it releases it.
    pickInOrder('files', 'Remove Tap');
    await capture();
    expect(fake.picks.at(-1)).toEqual({
      placeHolder: 'Remove the tap from "files" in .vscode/mcp.json?',
      labels: ['$(check) Remove Tap', '$(close) Cancel'],
    });
    expect(fake.rows[0]?.detail).toBe('Existing captures are kept.');
    expect(textOfFile(machine.config)).toBe(entry);
    expect(shownTexts().at(-1)).toMatch(/^The entry of "files" was restored\. /);
  });

  it.each([
    ['the list', []],
    ['the methods', ['files']],
    ['the change', ['files', 'Add a tap']],
    ['the change with Cancel', ['files', 'Add a tap', 'Cancel']],
  ])('is not added when the user leaves %s, and nothing is written', async (_where, picks) => {
    pickInOrder(...picks);
    await capture();
    expect(textOfFile(machine.config)).toBe(entry);
    expect(existsSync(machine.captures)).toBe(false);
    expect(existsSync(join(machine.home, '.guardscope'))).toBe(false);
    expect(fake.messages).toEqual([]);
    expect(fake.tabs).toEqual([]);
  });

  it('offers the list of servers for the restart', async () => {
    pickInOrder('files', 'Add a tap', 'Add Tap');
    fake.answer = () => 'List Servers';
    await capture();
    expect(fake.executed.at(-1)).toEqual(['workbench.mcp.listServer']);
  });

  it('is not added to a file that changed while the user read the diff', async () => {
    pickInOrder('files', 'Add a tap', 'Add Tap');
    const picked = fake.pick;
    fake.pick = (labels) => {
      if (labels.some((label) => label.includes('Add Tap'))) writeFileSync(machine.config, `${entry}\n`);
      return picked(labels);
    };
    await capture();
    expect(fake.messages).toMatchObject([
      {
        kind: 'error',
        text: `"${machine.config}" has changed in the meantime. Nothing was written. Review the change again`,
        actions: ['Open File at Line 3'],
      },
    ]);
    expect(textOfFile(machine.config)).toBe(`${entry}\n`);
  });

  it('is not added to a file that vanished while the user read the diff', async () => {
    pickInOrder('files', 'Add a tap', 'Add Tap');
    const picked = fake.pick;
    fake.pick = (labels) => {
      if (labels.some((label) => label.includes('Add Tap'))) rmSync(machine.config);
      return picked(labels);
    };
    await capture();
    expect(shownTexts()).toEqual([expect.stringMatching(/cannot be changed: ENOENT.*The file was not changed\./)]);
    expect(existsSync(machine.config)).toBe(false);
    expect(machine.host.logged).toEqual([expect.stringMatching(/^error clients\/unwritable: /)]);
  });

  it('is not added when the folder for captures cannot be made', async () => {
    machine.write('.guardscope', 'a file in the place of the folder');
    pickInOrder('files', 'Add a tap', 'Add Tap');
    await capture();
    expect(fake.messages).toMatchObject([
      {
        kind: 'error',
        text: expect.stringMatching(/^Cannot create the capture folder .*guardscope\.capture\.folder$/),
      },
    ]);
    expect(textOfFile(machine.config)).toBe(entry);
  });

  it('is not added when the tap cannot be installed', async () => {
    machine.close();
    resetVscode();
    machine = new CaptureHost('/no/such/extension');
    start(machine);
    machine.write('.vscode/mcp.json', entry);
    for (const method of ['Add a tap', 'Capture through']) {
      pickInOrder('files', method);
      await capture();
    }
    expect(shownTexts()).toEqual([
      expect.stringMatching(/^Cannot install the tap in .*Check the permissions and the free space of the folder$/),
      expect.stringMatching(/^Cannot install the tap in /),
    ]);
    expect(textOfFile(machine.config)).toBe(entry);
    expect(machine.host.services.published.chosen.size).toBe(0);
  });

  it('is not added to an entry that clients read in different ways; the sentence has the place', async () => {
    machine.write('.vscode/mcp.json', '{ "servers": {\n  "files": { "command": "node", "args": "server.js" } } }');
    pickInOrder('files', 'Add a tap');
    await capture();
    expect(fake.messages).toMatchObject([
      {
        kind: 'error',
        text: expect.stringContaining('Guardscope cannot change "files"'),
        actions: ['Open File at Line 2'],
      },
    ]);
    expect(fake.tabs).toEqual([]);
  });
});

describe('a server of another client', () => {
  it('gets a tap without a further question, and the sentence names the restart of its client', async () => {
    const path = machine.writeHome('.cursor/mcp.json', {
      mcpServers: { memory: { command: 'npx', args: ['memory'] } },
    });
    const before = textOfFile(path);
    pickInOrder('memory', 'Add Tap');
    await capture();
    expect(fake.picks.at(-1)?.placeHolder).toBe('Add a tap to "memory" in ~/.cursor/mcp.json?');
    expect(fake.rows[0]?.detail).toContain('Sessions are captured in ~/.guardscope/captures.');
    expect(fake.messages).toMatchObject([
      {
        text: '"memory" is captured from its next start. Switch the server off and on in the settings of Cursor.',
        actions: [],
      },
    ]);
    pickInOrder('memory', 'Remove Tap');
    await release();
    expect(textOfFile(path)).toBe(before);
  });

  it('with an address gets none, and the sentence names the command', async () => {
    machine.writeHome('.cursor/mcp.json', { mcpServers: { web: { url: 'https://example.com/mcp' } } });
    pickInOrder('web');
    await capture();
    expect(fake.messages).toMatchObject([
      {
        kind: 'warning',
        text: '"web" in Cursor has a URL, so a tap cannot be added to its entry. Run "guardscope tap --http URL" and use the address that it prints in the configuration.',
      },
    ]);
  });
});

describe('a twin in VS Code', () => {
  const publish = async (): Promise<void> => {
    pickInOrder('files', 'Capture through');
    await capture();
  };

  beforeEach(() => {
    machine.write('.vscode/mcp.json', entry);
  });

  it('is offered without a change of a file, and the release removes it', async () => {
    await publish();
    expect(shownTexts()).toEqual(['Start "files (captured)" in VS Code to capture its sessions.']);
    expect(machine.host.services.published.offers(machine.config, 'files')).toBe(true);
    expect(textOfFile(machine.config)).toBe(entry);
    expect(fake.updates).toEqual([]);
    pickInOrder('files');
    await release();
    expect(fake.picks.at(-1)?.placeHolder).toBe('Select the MCP server to release');
    expect(fake.rows.at(-1)?.description).toBe('captured through VS Code');
    expect(shownTexts().at(-1)).toBe('Removed "files (captured)" from VS Code.');
    expect(machine.host.services.published.offers(machine.config, 'files')).toBe(false);
  });

  it('switches the offering on in the settings of the user when it was off', async () => {
    fake.settings.set('guardscope.capture.publish', 'off');
    fake.answer = () => 'List Servers';
    await publish();
    expect(fake.updates).toEqual([{ id: 'guardscope.capture.publish', value: 'list', target: 1 }]);
    expect(fake.executed).toEqual([['workbench.mcp.listServer']]);
  });

  it('is the only way for a server with an address, and is chosen without a question', async () => {
    machine.servers({ web: { type: 'http', url: 'https://example.com/mcp' } });
    pickInOrder('web');
    await capture();
    expect(fake.picks).toHaveLength(1);
    expect(machine.host.services.published.offers(machine.config, 'web')).toBe(true);
  });

  it('is not offered in an editor without the API', async () => {
    fake.hasServerApi = false;
    pickInOrder('files', 'Cancel');
    await capture();
    expect(fake.picks.at(-1)?.placeHolder).toBe('Add a tap to "files" in .vscode/mcp.json?');
  });

  it('stays while the setting offers every server, and the sentence leads to the setting', async () => {
    fake.settings.set('guardscope.capture.publish', 'all');
    fake.answer = () => 'Open Setting';
    pickInOrder('files');
    await release();
    expect(shownTexts()).toEqual([
      'The setting guardscope.capture.publish offers every server to VS Code as captured.',
    ]);
    expect(fake.executed).toEqual([['workbench.action.openSettings', 'guardscope.capture.publish']]);
  });
});
