/** Choosing a configuration, and a guard or a policy for one of its servers, for a trace with two servers. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TraceDocument } from '../../../src/host/base/traceDocument.ts';
import type { Services } from '../../../src/host/base/services.ts';
import { guardCommands } from '../../../src/host/trees/guardCommands.ts';
import { chooseCommands } from '../../../src/host/commands/choose.ts';
import { patiently } from '../../support/patience.ts';
import { fake, resetVscode, runCommand } from '../../support/vscode/api.ts';
import { fakeServices, fileUri } from '../../support/vscode/hostServices.ts';
import { closeEngine, type FakePanel, openPanel, SampleWorkspace } from '../../support/vscode/hostTraces.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let sessions: Services['sessions'];
let log: Services['log'];
let workspace: SampleWorkspace;
let document: TraceDocument;
let panel: FakePanel;

const toml = `[servers.files]
command = "docker"
args = ["run", "--rm", "-i", "x"]
guard = "sample"
[servers.files.guard_policies.allow-only]
repos = "all"
min-integrity = "none"
[servers.memory]
command = "docker"
args = ["run", "--rm", "-i", "x"]
[guards.sample]
type = "wasm"
path = "../guard.wasm"
`;

beforeEach(async () => {
  resetVscode();
  const { services } = fakeServices();
  ({ sessions, log } = services);
  workspace = new SampleWorkspace(services);
  chooseCommands(services);
  mkdirSync(workspace.path('logs'));
  workspace.copy('gateway-log/rpc-messages.jsonl', 'logs/rpc-messages.jsonl');
  writeFileSync(workspace.path('logs/config.toml'), toml);
  fake.files.push(workspace.path('logs/config.toml'));
  document = await workspace.open(workspace.path('logs/rpc-messages.jsonl'));
  panel = openPanel(services, document);
});
afterEach(() => {
  panel.close();
  workspace.close();
});
afterAll(closeEngine);

async function replayed(): Promise<void> {
  await vi.waitFor(() => expect(document.session.run.status).toBe('done'), {
    timeout: patiently(20_000),
    interval: 20,
  });
}

/** Runs a command and picks rows of its questions, one after the other, by a part of the row. */
async function choose(id: string, ...picks: readonly string[]): Promise<void> {
  const left = [...picks];
  fake.pick = (labels) => {
    const part = left.shift();
    return part === undefined ? undefined : labels.find((label) => label.includes(part));
  };
  await runCommand(id);
  expect(left).toEqual([]);
  await replayed();
}

const chooseConfig = (part: string): Promise<void> => choose('guardscope.chooseConfig', part);
/** Waits until the calls of these servers are decided: those at the end of a growing log wait for what may follow. */
async function decides(...servers: readonly string[]): Promise<void> {
  const decided = (): readonly string[] =>
    [...new Set([...document.session.records()].map((record) => record.server))].toSorted();
  await vi.waitFor(() => expect(decided()).toEqual(servers), { timeout: patiently(20_000), interval: 50 });
}
const stored = (): unknown =>
  (fake.updates.at(-1)?.value as Record<string, unknown> | undefined)?.['logs/rpc-messages.jsonl'];

describe('a configuration', () => {
  it('is offered first when it is next to the trace, and decides all servers', async () => {
    await replayed();
    await decides('files');
    expect(document.session.settings.config).toBeNull();
    await chooseConfig('config.toml');
    expect(fake.picks.at(-1)?.labels).toEqual(['logs/config.toml', '$(folder-opened) Browse…']);
    await decides('files', 'memory');
    expect(document.session.settings).toMatchObject({ guard: null, policy: null, mode: null, deadlineMs: null });
    expect(stored()).toEqual({ config: 'logs/config.toml' });
  });

  it('is taken away again, and the guard next to the trace counts as before', async () => {
    await chooseConfig('config.toml');
    await chooseConfig('No configuration');
    expect(document.session.settings).toMatchObject({ config: null, guard: workspace.guard, mode: 'strict' });
    await decides('files');
    expect(stored()).toEqual({ config: '' });
  });

  it('opens in an editor from the panel', async () => {
    await chooseConfig('config.toml');
    await panel.click({ run: 'openConfig' });
    expect(fake.opened.at(-1)?.uri?.path).toBe(workspace.path('logs/config.toml'));
  });

  it('keeps its modes until one is chosen, and again when that is taken back', async () => {
    await chooseConfig('config.toml');
    await choose('guardscope.chooseMode', 'filter');
    expect(document.session.settings.mode).toBe('filter');
    await choose('guardscope.chooseMode', 'configured');
    expect(fake.picks.at(-1)?.labels).toEqual(['configured', 'strict', 'filter', 'propagate']);
    expect(document.session.settings.mode).toBeNull();
    expect(stored()).toEqual({ config: 'logs/config.toml' });
  });
});

describe('a guard beside a configuration', () => {
  it('is for the server that is asked for, and is taken away again', async () => {
    fake.files.push(workspace.copy('guard.wasm', 'mine.wasm'));
    await chooseConfig('config.toml');
    await choose('guardscope.chooseGuard', 'memory', 'mine.wasm');
    expect(fake.picks.at(-2)?.placeHolder).toContain('the others keep that of the configuration');
    expect(await panel.view.ask('hello', {})).toMatchObject({
      config: { title: 'config.toml' },
      guard: { title: 'mine.wasm' },
      replaced: 'memory',
    });
    expect(stored()).toEqual({ config: 'logs/config.toml', guard: 'mine.wasm', server: 'memory' });
    await choose('guardscope.chooseGuard', 'Use the guard of the configuration');
    expect(document.session.settings).toMatchObject({ guard: null, config: workspace.path('logs/config.toml') });
    expect(stored()).toEqual({ config: 'logs/config.toml', guard: '', server: 'memory' });
  });

  it('of the Guards view is for the server that is asked for, too', async () => {
    guardCommands({ sessions, log } as Services);
    await chooseConfig('config.toml');
    fake.pick = (labels) => labels.find((label) => label === 'memory');
    await runCommand('guardscope.useGuard', fileUri(workspace.guard));
    await replayed();
    expect(document.session.settings).toMatchObject({ guard: workspace.guard, server: 'memory' });
  });

  it('for another server takes the policy of the first away', async () => {
    fake.files.push(workspace.copy('guard.wasm', 'mine.wasm'), workspace.policy);
    await chooseConfig('config.toml');
    await choose('guardscope.choosePolicy', 'files', 'policy.json');
    expect(document.session.settings).toMatchObject({ policy: workspace.policy, server: 'files' });
    await choose('guardscope.chooseGuard', 'memory', 'mine.wasm');
    expect(document.session.settings).toMatchObject({ policy: null, server: 'memory' });
  });

  it('keeps a configuration that was found next to the trace', async () => {
    const alone = workspace.path('alone');
    mkdirSync(alone);
    mkdirSync(`${alone}/logs`);
    workspace.copy('gateway-log/rpc-messages.jsonl', 'alone/logs/rpc-messages.jsonl');
    writeFileSync(`${alone}/config.toml`, toml);
    document = await workspace.open(`${alone}/logs/rpc-messages.jsonl`);
    expect(document.session.settings.config).toBe(`${alone}/config.toml`);
    await replayed();
    await decides('files', 'memory');
    await document.choose({ guard: workspace.guard, server: 'memory' });
    await document.replay();
    expect(document.session.settings).toMatchObject({ config: `${alone}/config.toml`, guard: workspace.guard });
  });
});

describe('a guard without a configuration', () => {
  it('and the policy and the mode in use are marked, and stand first', async () => {
    fake.files.splice(0, fake.files.length, workspace.copy('guard.wasm', 'a.wasm'), workspace.guard);
    const marked = (): unknown => fake.rows.map(({ label, description }) => [label, description]);
    await document.choose({ server: 'files', guard: workspace.guard, mode: 'filter' });
    await choose('guardscope.chooseGuard', 'files', 'a.wasm');
    expect(marked()).toEqual([
      ['guard.wasm', 'in use'],
      ['a.wasm', undefined],
      ['$(folder-opened) Browse…', undefined],
    ]);
    fake.files.splice(0, fake.files.length, workspace.policy);
    await choose('guardscope.choosePolicy', 'memory', 'policy.json');
    expect(marked()).toEqual([
      ['policy.json', undefined],
      ['$(folder-opened) Browse…', undefined],
    ]);
    await choose('guardscope.chooseMode', 'strict');
    expect(marked()).toEqual([
      ['strict', undefined],
      ['filter', 'in use'],
      ['propagate', undefined],
    ]);
  });

  it('is for the server that is asked for, because the trace has several', async () => {
    fake.files.push(workspace.guard);
    await replayed();
    await choose('guardscope.chooseGuard', 'memory', 'guard.wasm');
    expect(fake.picks.at(-2)?.placeHolder).toContain('the calls of the others are not decided');
    expect(document.session.server).toBe('memory');
    expect(document.session.undecided('files')).toBe('no guard is chosen for "files"');
  });
});
