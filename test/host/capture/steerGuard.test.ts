/** Watching and enforcing a live session: the questions to the user, the control file of the tap, and the messages. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { controlFileOf } from '../../../src/engine/liveGuard/controlFile.ts';
import type { LiveFacts } from '../../../src/engine/recording/format/liveFile.ts';
import { steerGuard } from '../../../src/host/capture/steerGuard.ts';
import { fakeServices, type FakeServices, fileUri, liveSession } from '../../support/hostServices.ts';
import { fake, resetVscode, runCommand } from '../../support/vscode.ts';

vi.mock('vscode', () => import('../../support/vscode.ts'));

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
