/** What an untrusted workspace may do: traces open, nothing runs, and every command that is off says why. */
import { noFilter } from '../../../src/core/protocol/rows.ts';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TraceDocument } from '../../../src/host/base/traceDocument.ts';
import { whenTrusted } from '../../../src/host/base/trust.ts';
import { captureServers } from '../../../src/host/capture/captureServer.ts';
import { tapLauncher } from '../../../src/host/capture/launcherOf.ts';
import { steerGuard } from '../../../src/host/capture/steerGuard.ts';
import { chooseCommands } from '../../../src/host/commands/choose.ts';
import { replayCommands } from '../../../src/host/commands/replay.ts';
import { newCalls } from '../../../src/host/compose/newCall.ts';
import { traceEditor } from '../../../src/host/panel/traceEditor.ts';
import { guardCommands } from '../../../src/host/trees/guardCommands.ts';
import { fakeServices, type FakeServices, fileUri, liveSession } from '../../support/vscode/hostServices.ts';
import { closeEngine, openPanel, SampleWorkspace } from '../../support/vscode/hostTraces.ts';
import { patiently } from '../../support/patience.ts';
import { proves } from '../../support/proves.ts';
import { fake, fire, resetVscode, runCommand } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let host: FakeServices;
let workspace: SampleWorkspace;
let document: TraceDocument;

beforeEach(async () => {
  resetVscode();
  fake.trusted = false;
  host = fakeServices();
  workspace = new SampleWorkspace(host.services);
  const features = [captureServers, steerGuard, chooseCommands, replayCommands, newCalls, guardCommands, traceEditor];
  for (const feature of features) feature(host.services);
  document = await workspace.open();
});
afterEach(() => workspace.close());
afterAll(closeEngine);

/** The filter that hides nothing. */
const everything = noFilter;

const manage = 'Manage Workspace Trust';

async function replayed(): Promise<void> {
  await vi.waitFor(() => expect(document.session.run.status).toBe('done'), {
    timeout: patiently(20_000),
    interval: 20,
  });
}

describe('in an untrusted workspace', () => {
  it.each([
    ['guardscope.replay', 'Replay'],
    ['guardscope.chooseGuard', 'Choose Guard for Trace…'],
    ['guardscope.choosePolicy', 'Choose Policy for Trace…'],
    ['guardscope.chooseMode', 'Choose Enforcement Mode for Trace…'],
    ['guardscope.useGuard', 'Use Guard for the Open Trace'],
    ['guardscope.newCall', 'New Call…'],
    ['guardscope.captureServer', 'Capture MCP Server…'],
    ['guardscope.releaseServer', 'Release MCP Server…'],
    ['guardscope.watchLive', 'Watch Live Session with Guard…'],
    ['guardscope.enforceLive', 'Enforce Guard on Live Session…'],
  ])('the command %s says why it is off and offers to manage the trust', async (id, title) => {
    proves('own:untrusted-workspace');
    fake.answer = () => manage;
    await runCommand(id, ...(id === 'guardscope.useGuard' ? [fileUri(workspace.guard)] : []));
    expect(fake.messages).toMatchObject([{ kind: 'warning', actions: [manage] }]);
    expect(fake.messages[0]?.text).toContain(`"${title}" is off because this workspace is not trusted`);
    expect(fake.executed).toEqual([['workbench.trust.manage']]);
    expect(fake.picks).toEqual([]);
    expect(document.session.run.status).toBe('idle');
  });

  it.each([
    { run: 'replay' },
    { run: 'chooseGuard' },
    { run: 'choosePolicy' },
    { run: 'setMode', mode: 'filter' },
    { run: 'chooseConfig' },
    { run: 'editAndSend', call: 0 },
  ] as const)('the button $run of the panel says why it is off', async (command) => {
    const panel = openPanel(host.services, document);
    await panel.click(command);
    expect(fake.messages).toMatchObject([{ kind: 'warning', actions: [manage] }]);
    expect(fake.updates).toEqual([]);
    expect(document.session.run.status).toBe('idle');
    panel.close();
  });

  it('a trace opens and shows its recorded calls, and the panel says that no guard runs', async () => {
    const panel = openPanel(host.services, document);
    expect(await panel.view.ask('hello', {})).toMatchObject({
      restricted: true,
      trace: { calls: 32 },
      run: { status: 'idle' },
    });
    const { rows } = await panel.view.ask('rows', { from: 0, count: 1, filter: everything });
    expect(rows).toHaveLength(1);
    await panel.click({ run: 'manageTrust' });
    expect(fake.executed).toEqual([['workbench.trust.manage']]);
    panel.close();
  });

  it('no tap is installed', async () => {
    await expect(tapLauncher(host.services.context)).rejects.toThrow('not trusted');
  });

  it('a guard that enforces can be stopped', async () => {
    proves('own:stop-reaches-all');
    host.live.all = [liveSession(workspace.path('live.guardtrace.jsonl'), { mode: 'enforce', guard: '/g.wasm' })];
    await runCommand('guardscope.stopEnforcing');
    expect(fake.messages).toMatchObject([{ kind: 'information', text: expect.stringContaining('Stopped enforcing') }]);
  });
});

describe('when the user trusts the workspace', () => {
  it('an open trace is replayed with the settings of the workspace, and the panel gets the new state', async () => {
    proves('own:untrusted-workspace');
    fake.settings.set('guardscope.mode', 'filter');
    const panel = openPanel(host.services, document);
    fire.grantTrust();
    await replayed();
    expect(document.session.settings.mode).toBe('filter');
    await vi.waitFor(() => expect(panel.announced.at(-1)).toMatchObject({ restricted: false }));
    panel.close();
  });

  it('a trace is not replayed when the user turned that off', async () => {
    fake.settings.set('guardscope.replayOnOpen', false);
    fire.grantTrust();
    expect(document.session.run.status).toBe('idle');
    await runCommand('guardscope.replay');
    await replayed();
  });

  it('what waits for trust starts once', () => {
    let starts = 0;
    whenTrusted(() => starts++);
    expect(starts).toBe(0);
    fire.grantTrust();
    expect(starts).toBe(1);
    whenTrusted(() => starts++);
    expect(starts).toBe(2);
  });
});
