/** Watching and enforcing a live session: the questions to the user, the control file of the tap, and the messages. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { controlFileOf } from '../../../src/engine/liveGuard/controlFile.ts';
import type { LiveFacts } from '../../../src/engine/recording/format/liveFile.ts';
import { steerGuard } from '../../../src/host/capture/steerGuard.ts';
import { fakeServices, type FakeServices, FakeTrace, fileUri, liveSession } from '../../support/vscode/hostServices.ts';
import { fake, resetVscode, runCommand } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let host: FakeServices;
let folder = '';

beforeEach(() => {
  resetVscode();
  folder = mkdtempSync(join(tmpdir(), 'guardscope-steer-'));
  fake.folders.push(folder);
  host = fakeServices();
  steerGuard(host.services);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function begin(name: string, facts: Partial<LiveFacts>): string {
  const path = join(folder, `${name}.guardtrace.jsonl`);
  host.live.all.push(liveSession(path, { server: name, ...facts }));
  return path;
}

function control(capture: string): unknown {
  return JSON.parse(readFileSync(controlFileOf(capture), 'utf8'));
}

/** The guard and the policy that the quick picks offer. */
function offer(): { readonly guard: string; readonly policy: string } {
  const [guard, policy] = [join(folder, 'guard.wasm'), join(folder, 'policy.json')];
  fake.files.push(guard, policy);
  fake.pick = (labels) =>
    labels.find((label) => label === (fake.picks.length % 2 === 1 ? 'guard.wasm' : 'policy.json'));
  return { guard, policy };
}

describe('Watch Live Session with Guard…', () => {
  it('asks for guard and policy, and writes them to the control file', async () => {
    const capture = begin('files', { mode: 'off' });
    const inputs = offer();
    await runCommand('guardscope.watchLive');
    expect(fake.picks.map(({ placeHolder }) => placeHolder)).toEqual(['Guard for "files"', 'Policy for guard.wasm']);
    expect(control(capture)).toEqual({ ...inputs, mode: 'watch' });
    expect(fake.messages.map(({ text }) => text)).toEqual(['guard.wasm watches "files" from the next call on.']);
  });

  it('keeps enforcing when the guard of an enforced session is replaced', async () => {
    const capture = begin('files', { mode: 'enforce', guard: '/old.wasm' });
    offer();
    await runCommand('guardscope.watchLive');
    expect(control(capture)).toMatchObject({ mode: 'enforce' });
    expect(fake.messages.map(({ text }) => text)).toEqual(['guard.wasm enforces on "files" from the next call on.']);
  });

  it('changes nothing when the user cancels', async () => {
    const capture = begin('files', { mode: 'off' });
    await runCommand('guardscope.watchLive');
    expect(existsSync(controlFileOf(capture))).toBe(false);
  });

  it('refuses a tap without support for a guard, with the next step', async () => {
    begin('files', {});
    await runCommand('guardscope.watchLive');
    expect(fake.messages).toMatchObject([
      { kind: 'error', text: expect.stringContaining('without support for a guard. ') },
    ]);
  });

  it('refuses a session that has ended', async () => {
    await runCommand('guardscope.watchLive', fileUri('/w/gone.guardtrace.jsonl'));
    const text = '"/w/gone.guardtrace.jsonl" is not being captured. Start its server again';
    expect(fake.messages).toMatchObject([{ kind: 'error', text }]);
  });

  it('asks for the session when there are several, and refuses the picked one if it has no place for a guard', async () => {
    begin('files', { mode: 'watch', guard: '/g.wasm' });
    const capture = begin('memory', {});
    fake.pick = () => 'memory';
    await runCommand('guardscope.watchLive');
    expect(fake.picks).toEqual([
      { placeHolder: 'Select the session to watch with a guard', labels: ['files', 'memory'] },
    ]);
    expect(fake.rows).toMatchObject([
      { description: 'watching', detail: expect.stringContaining('files.guardtrace.jsonl') },
      { description: 'recording', detail: capture },
    ]);
    const text =
      'The tap of "memory" was started without support for a guard. Capture the server with "Guardscope: Capture MCP Server…", or start the tap with --controlled';
    expect(fake.messages).toMatchObject([{ kind: 'error', text }]);
    fake.pick = () => undefined;
    await runCommand('guardscope.watchLive');
    expect(fake.messages).toHaveLength(1);
  });

  it('offers the guard and policy of the session first, and gives the choice to an open panel', async () => {
    const capture = begin('files', {
      mode: 'watch',
      guard: join(folder, 'old.wasm'),
      policy: join(folder, 'old.json'),
    });
    const inputs = offer();
    const trace = new FakeTrace(capture);
    const chosen: unknown[] = [];
    Object.assign(trace, { choose: async (choice: unknown) => void chosen.push(choice) });
    host.services.sessions.add(trace.document);
    await runCommand('guardscope.watchLive', fileUri(capture));
    expect(fake.picks.map(({ labels }) => labels[0])).toEqual(['old.wasm', 'old.json']);
    expect(chosen).toEqual([inputs]);
    expect(control(capture)).toEqual({ ...inputs, mode: 'watch' });
  });

  it('changes nothing when the user leaves the list of policies', async () => {
    const capture = begin('files', { mode: 'off' });
    offer();
    fake.pick = () => (fake.picks.length === 1 ? 'guard.wasm' : undefined);
    await runCommand('guardscope.watchLive');
    expect(fake.picks).toHaveLength(2);
    expect(existsSync(controlFileOf(capture))).toBe(false);
  });

  it('says why the control file cannot be written', async () => {
    const capture = begin('files', { mode: 'off' });
    offer();
    mkdirSync(controlFileOf(capture));
    await runCommand('guardscope.watchLive');
    expect(fake.messages).toMatchObject([
      {
        kind: 'error',
        text: expect.stringMatching(/^Cannot change the running tap: .*the folder of the capture is writable$/),
      },
    ]);
    expect(readdirSync(folder)).toEqual(['files.guardtrace.jsonl.control.json']);
  });

  it('names the command to run when nothing is captured', async () => {
    await runCommand('guardscope.watchLive');
    expect(fake.messages).toMatchObject([
      { kind: 'information', text: expect.stringContaining('Capture MCP Server…') },
    ]);
  });
});

describe('Enforce Guard on Live Session…', () => {
  it('asks for confirmation first, and explains what happens without a working guard', async () => {
    const capture = begin('files', { mode: 'watch', guard: '/g/guard.wasm', policy: '/g/policy.json' });
    await runCommand('guardscope.enforceLive');
    expect(fake.messages).toMatchObject([
      { kind: 'warning', text: 'Enforce /g/guard.wasm on "files"?', actions: ['Enforce'] },
    ]);
    expect(fake.messages[0]?.detail).toContain('every tool call is refused');
    expect(existsSync(controlFileOf(capture))).toBe(false);
    fake.answer = () => 'Enforce';
    await runCommand('guardscope.enforceLive');
    expect(control(capture)).toEqual({ guard: '/g/guard.wasm', policy: '/g/policy.json', mode: 'enforce' });
  });

  it('asks for guard and policy of a session that no guard watches', async () => {
    const capture = begin('files', { mode: 'off' });
    const inputs = offer();
    fake.answer = () => 'Enforce';
    await runCommand('guardscope.enforceLive');
    expect(fake.messages.map(({ text }) => text)).toEqual(['Enforce guard.wasm on "files"?']);
    expect(control(capture)).toEqual({ ...inputs, mode: 'enforce' });
  });

  it('asks nothing more when the user leaves the list of guards', async () => {
    const capture = begin('files', { mode: 'off' });
    await runCommand('guardscope.enforceLive');
    expect(fake.messages).toEqual([]);
    expect(existsSync(controlFileOf(capture))).toBe(false);
  });
});

describe('Stop Enforcing', () => {
  it('switches all enforcing guards to watching, and leaves other sessions alone', async () => {
    const enforced = ['a', 'b'].map((name) => begin(name, { mode: 'enforce', guard: `/${name}.wasm` }));
    const watched = begin('c', { mode: 'watch', guard: '/c.wasm' });
    await runCommand('guardscope.stopEnforcing');
    expect(enforced.map(control)).toEqual([
      { guard: '/a.wasm', mode: 'watch' },
      { guard: '/b.wasm', mode: 'watch' },
    ]);
    expect(existsSync(controlFileOf(watched))).toBe(false);
    expect(fake.messages.map(({ text }) => text)).toEqual([expect.stringMatching(/^Stopped enforcing on "a", "b"\./)]);
    expect(host.live.looks).toBe(1);
  });

  it('stops only the session that it was called on', async () => {
    const [first = '', second = ''] = ['a', 'b'].map((name) => begin(name, { mode: 'enforce', guard: '/g.wasm' }));
    await runCommand('guardscope.stopEnforcing', fileUri(first));
    expect(control(first)).toMatchObject({ mode: 'watch' });
    expect(existsSync(controlFileOf(second))).toBe(false);
  });

  it('reports that no guard enforces', async () => {
    await runCommand('guardscope.stopEnforcing');
    expect(fake.messages.map(({ text }) => text)).toEqual(['No guard is enforcing.']);
  });
});
