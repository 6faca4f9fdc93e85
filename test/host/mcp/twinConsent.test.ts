/** When the user is asked before a captured twin starts a server that the workspace defines. */
import { beforeEach, expect, it, vi } from 'vitest';
import type { Memento } from 'vscode';
import type { Twin } from '../../../src/core/clientConfigs/twins.ts';
import { TwinConsent } from '../../../src/host/mcp/twinConsent.ts';
import { proves } from '../../support/proves.ts';
import { fake, FakeMemento, resetVscode } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let memory: Memento;

beforeEach(() => {
  resetVscode();
  memory = new FakeMemento();
});

interface Entry {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly envFile?: string;
  readonly scope?: 'workspace' | 'user';
}

function twin({ args = ['server.js'], env = {}, envFile, scope = 'workspace' }: Entry = {}): Twin {
  const file = { client: 'vscode', name: 'VS Code', scope, path: '/w/.vscode/mcp.json' };
  const server = { name: 'files', transport: 'stdio', command: '/usr/bin/node', args, env, wrapped: false };
  return {
    label: 'files (captured)',
    config: { file },
    server,
    details: { cwd: null, envFile: envFile ?? null, headers: {} },
  } as unknown as Twin;
}

const given = (entry?: Entry): Promise<boolean> => new TwinConsent(memory).given(twin(entry));

it('the user is asked once, with the command, and a refusal starts nothing', async () => {
  proves('own:settings-of-a-workspace');
  expect(await given()).toBe(false);
  expect(fake.messages).toMatchObject([
    { kind: 'warning', text: 'Start "files" as /w/.vscode/mcp.json defines it?', detail: 'It runs: node server.js' },
  ]);
  fake.answer = () => 'Start';
  expect(await given()).toBe(true);
  expect(await given()).toBe(true);
  expect(fake.messages).toHaveLength(2);
});

it.each([
  ['arguments', { args: ['other.js'] }],
  ['environment', { env: { NODE_OPTIONS: '--require ./x.js' } }],
  ['file of variables', { envFile: '.env' }],
])('the user is asked again when the %s changed', async (_what, change) => {
  fake.answer = () => 'Start';
  await given();
  fake.answer = () => undefined;
  expect(await given(change)).toBe(false);
  expect(fake.messages.at(-1)?.detail).toContain('The entry changed since you last agreed to it.');
  expect(await given()).toBe(true);
});

it("the servers of the user's own mcp.json start without a question", async () => {
  expect(await given({ scope: 'user' })).toBe(true);
  expect(fake.messages).toEqual([]);
});
