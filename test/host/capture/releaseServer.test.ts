/** "Release MCP Server…": which servers are listed, one and all of them, and what the user reads when a file has changed or vanished. */
import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { textDocuments } from '../../../src/host/base/textDocuments.ts';
import { captureServers } from '../../../src/host/capture/captureServer.ts';
import { CaptureHost, pickInOrder, shownTexts, textOfFile } from '../../support/vscode/captureHost.ts';
import { fake, resetVscode, runCommand, type ShownMessage } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let machine: CaptureHost;
let cursor = '';

beforeEach(() => {
  resetVscode();
  machine = new CaptureHost();
  for (const feature of [textDocuments, captureServers]) feature(machine.host.services);
  machine.servers({ files: { command: 'node', args: ['files.js'] }, memory: { command: 'node', args: ['memory.js'] } });
  cursor = machine.writeHome('.cursor/mcp.json', { mcpServers: { notes: { command: 'notes' } } });
});
afterEach(() => machine.close());

const release = (): Promise<unknown> => runCommand('guardscope.releaseServer');

async function capture(...picks: readonly string[]): Promise<void> {
  pickInOrder(...picks);
  await runCommand('guardscope.captureServer');
}

/** Captures all servers: two with a tap, one as a twin in VS Code. Returns the texts of both files before. */
async function captureAll(): Promise<readonly string[]> {
  const before = [machine.config, cursor].map(textOfFile);
  await capture('files', 'Add a tap', 'Add Tap');
  await capture('memory', 'Capture through');
  await capture('notes', 'Add Tap');
  fake.messages.length = 0;
  return before;
}

/** The user confirms the modal question after `meanwhile` has happened. */
function confirm(meanwhile: () => void = () => undefined): void {
  fake.answer = ({ actions }: ShownMessage) => {
    if (!actions.includes('Release All')) return undefined;
    meanwhile();
    return 'Release All';
  };
}

describe('nothing to release', () => {
  it('is said', async () => {
    await release();
    expect(shownTexts()).toEqual(['No MCP server is captured.']);
    expect(fake.picks).toEqual([]);
  });

  it('is said together with the files that cannot be read, because they may have a tap', async () => {
    writeFileSync(cursor, '{ "mcpServers": {');
    await release();
    expect(fake.messages).toMatchObject([
      { kind: 'information', text: 'No MCP server is captured.' },
      { kind: 'error', text: expect.stringContaining('The configuration of Cursor'), actions: ['Open File at Line 1'] },
    ]);
  });
});

describe('several captured servers', () => {
  it('are listed with how they are captured, and others are not', async () => {
    await capture('files', 'Add a tap', 'Add Tap');
    await capture('memory', 'Capture through');
    pickInOrder();
    await release();
    expect(fake.picks.at(-1)?.placeHolder).toBe('Select the MCP server to release');
    expect(fake.rows.map(({ label, description }) => [label, description])).toEqual([
      ['$(clear-all) All servers', '2 servers'],
      ['VS Code, .vscode/mcp.json', undefined],
      ['$(server-process) files', 'captured'],
      ['$(server-process) memory', 'captured through VS Code'],
    ]);
  });

  it('are released together after one question, and the files have their bytes again', async () => {
    const before = await captureAll();
    pickInOrder('All servers');
    confirm();
    await release();
    expect(fake.messages).toMatchObject([
      {
        kind: 'warning',
        text: 'Release 3 servers?',
        actions: ['Release All'],
        detail: 'files: .vscode/mcp.json\nmemory: .vscode/mcp.json\nnotes: ~/.cursor/mcp.json',
      },
      { kind: 'information', text: 'Released 3 of 3 servers. Restart their clients.' },
    ]);
    expect([machine.config, cursor].map(textOfFile)).toEqual(before);
    expect(machine.host.services.published.chosen.size).toBe(0);
  });

  it('stay when the user closes the question', async () => {
    await captureAll();
    const captured = [machine.config, cursor].map(textOfFile);
    pickInOrder('All servers');
    await release();
    expect([machine.config, cursor].map(textOfFile)).toEqual(captured);
    expect(machine.host.services.published.chosen.size).toBe(1);
    expect(fake.messages).toHaveLength(1);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['vanished', (path) => rmSync(path), /^The configuration of Cursor cannot be read: ENOENT/],
    ['became invalid', (path) => writeFileSync(path, '{ "mcpServers":'), /^The configuration of Cursor is not JSON/],
    [
      'lost the server',
      (path) => writeFileSync(path, '{ "mcpServers": {} }'),
      /^"notes" is no longer in ".*"\. Nothing was written$/,
    ],
    [
      'lost the tap',
      (path) => writeFileSync(path, '{ "mcpServers": { "notes": { "command": "x" } } }'),
      /is not wrapped/,
    ],
  ])('are counted without the one whose file %s, and the reason is shown', async (_what, meanwhile, reason) => {
    const [before] = await captureAll();
    pickInOrder('All servers');
    confirm(() => meanwhile(cursor));
    await release();
    expect(fake.messages.slice(1)).toMatchObject([
      { kind: 'error', text: expect.stringMatching(reason) },
      { kind: 'information', text: 'Released 2 of 3 servers. Restart their clients.' },
    ]);
    expect(textOfFile(machine.config)).toBe(before);
  });

  it('are not counted as released while the setting offers every server', async () => {
    fake.settings.set('guardscope.capture.publish', 'all');
    pickInOrder('All servers');
    confirm();
    await release();
    expect(shownTexts()).toEqual([
      'Release 2 servers?',
      'Released 0 of 2 servers. Restart their clients. The setting guardscope.capture.publish offers every server to VS Code as captured.',
    ]);
    expect(fake.messages.at(-1)?.actions).toEqual(['Open Setting']);
  });
});

describe('one captured server', () => {
  it('keeps its tap when the user cancels', async () => {
    await capture('notes', 'Add Tap');
    const captured = textOfFile(cursor);
    pickInOrder('notes', 'Cancel');
    await release();
    expect(textOfFile(cursor)).toBe(captured);
    expect(fake.tabs).toEqual([]);
  });

  it('is released without its record, too', async () => {
    const before = textOfFile(cursor);
    await capture('notes', 'Add Tap');
    rmSync(`${machine.home}/.guardscope`, { recursive: true });
    pickInOrder('notes', 'Remove Tap');
    await release();
    expect(JSON.parse(textOfFile(cursor))).toMatchObject({
      mcpServers: { notes: { ...(JSON.parse(before) as { mcpServers: { notes: object } }).mcpServers.notes } },
    });
  });

  it('whose address was replaced and not recorded keeps it, and the sentence says where the original is', async () => {
    const url = `http://127.0.0.1:4000/${'t'.repeat(32)}/mcp`;
    writeFileSync(cursor, JSON.stringify({ mcpServers: { web: { url } } }));
    pickInOrder('web');
    await release();
    expect(fake.messages).toMatchObject([
      {
        kind: 'error',
        text: expect.stringMatching(/^The original address of "web" was not recorded\. Write the address/),
      },
    ]);
    expect(textOfFile(cursor)).toContain(url);
  });
});
