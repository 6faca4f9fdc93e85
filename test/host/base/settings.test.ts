/** Which guard, policy, mode and server a trace gets, and where a choice of the user is stored. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Memento, Uri as RealUri } from 'vscode';
import { rememberChoice, rememberedChoice, sessionSettings } from '../../../src/host/base/settings.ts';
import {
  ConfigurationTarget,
  defaultCaptureFolder,
  fake,
  FakeMemento,
  resetVscode,
  Uri,
} from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let folder = '';
let memory: Memento;

beforeEach(() => {
  resetVscode();
  folder = mkdtempSync(join(tmpdir(), 'guardscope-settings-'));
  fake.folders.push(folder);
  memory = new FakeMemento();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function uri(path: string): RealUri {
  return Uri.file(path) as unknown as RealUri;
}

function settingsOf(path: string) {
  const trace = uri(path);
  return sessionSettings(trace, rememberedChoice(memory, trace));
}

describe('the settings of a trace', () => {
  it('have the documented defaults when nothing is configured', () => {
    expect(settingsOf(join(folder, 'a.guardtrace.jsonl'))).toEqual({
      config: null,
      guard: null,
      policy: null,
      mode: 'strict',
      server: null,
      trustedBots: [],
      deadlineMs: 60_000,
    });
  });

  it('use the guard and the policy next to the trace or one folder above', () => {
    mkdirSync(join(folder, 'logs'));
    for (const path of ['guard.wasm', 'logs/policy.json']) writeFileSync(join(folder, path), '');
    expect(settingsOf(join(folder, 'logs', 'rpc-messages.jsonl'))).toMatchObject({
      guard: join(folder, 'guard.wasm'),
      policy: join(folder, 'logs', 'policy.json'),
    });
  });

  it('prefer the entry of the trace to the default, and the default to the files next to the trace', () => {
    for (const name of ['guard.wasm', 'policy.json']) writeFileSync(join(folder, name), '');
    fake.settings.set('guardscope.guard', 'default.wasm');
    fake.settings.set('guardscope.policy', '/etc/policy.json');
    fake.settings.set('guardscope.traces', { 'a.jsonl': { guard: 'build/own.wasm', mode: 'filter', server: 's' } });
    expect(settingsOf(join(folder, 'a.jsonl'))).toMatchObject({
      guard: join(folder, 'build', 'own.wasm'),
      policy: '/etc/policy.json',
      mode: 'filter',
      server: 's',
    });
    expect(settingsOf(join(folder, 'b.jsonl'))).toMatchObject({ guard: join(folder, 'default.wasm'), mode: 'strict' });
  });

  it('have the defaults of the workspace also for a trace outside of it', () => {
    fake.settings.set('guardscope.guard', 'build/guard.wasm');
    fake.settings.set('guardscope.policy', 'policy.json');
    expect(settingsOf('/captures/files-1.guardtrace.jsonl')).toMatchObject({
      guard: join(folder, 'build', 'guard.wasm'),
      policy: join(folder, 'policy.json'),
    });
    fake.folders.length = 0;
    expect(settingsOf('/captures/files-1.guardtrace.jsonl').policy).toBe(join('/captures', 'policy.json'));
  });
});

describe('a configuration', () => {
  const toml = '[servers.files]\ncommand = "docker"\n';
  const trace = (): string => join(folder, 'logs', 'rpc-messages.jsonl');
  const write = (path: string, text = ''): string => {
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  };
  beforeEach(() => mkdirSync(join(folder, 'logs')));

  it('next to the trace is used when there is neither a guard nor a policy', () => {
    const config = write('config.toml', toml);
    expect(settingsOf(trace())).toMatchObject({ config, guard: null, policy: null, mode: null, deadlineMs: null });
    write('guard.wasm');
    expect(settingsOf(trace())).toMatchObject({ config: null, guard: join(folder, 'guard.wasm'), mode: 'strict' });
  });

  it.each([
    ['config.toml', '[package]\nname = "x"\n'],
    ['config.json', '{"mcpServers":{"a":{"command":"npx"}}}'],
    ['my-gateway.json', 'not JSON'],
  ])("next to the trace is not taken for the gateway's when it does not look like one: %s", (name, text) => {
    write(name, text);
    expect(settingsOf(trace()).config).toBeNull();
  });

  it('is found in its JSON form, and under a name of its own', () => {
    const config = write('logs/prod-gateway.json', '{"mcpServers":{},"gateway":{"port":1}}');
    expect(settingsOf(trace()).config).toBe(config);
  });

  it('of the settings is used beside guard.wasm, whose place is that of the configured guards then', () => {
    write('guard.wasm');
    fake.settings.set('guardscope.config', 'gateway/config.toml');
    fake.settings.set('guardscope.deadlineMs', 5);
    const config = join(folder, 'gateway', 'config.toml');
    expect(settingsOf(trace())).toMatchObject({ config, guard: null, policy: null, mode: null, deadlineMs: null });
    fake.settings.set('guardscope.guard', 'build/mine.wasm');
    fake.settings.set('guardscope.traces', { 'logs/rpc-messages.jsonl': { server: 'files', mode: 'filter' } });
    const guard = join(folder, 'build', 'mine.wasm');
    expect(settingsOf(trace())).toMatchObject({ config, guard, server: 'files', mode: 'filter' });
  });

  it('is taken away by an empty entry of the trace, and a guard beside it too', async () => {
    fake.settings.set('guardscope.config', 'config.toml');
    fake.settings.set('guardscope.guard', 'mine.wasm');
    await rememberChoice(memory, uri(trace()), { guard: null, mode: null });
    expect(fake.updates.at(-1)?.value).toEqual({ 'logs/rpc-messages.jsonl': { guard: '' } });
    expect(settingsOf(trace())).toMatchObject({ config: join(folder, 'config.toml'), guard: null });
    await rememberChoice(memory, uri(trace()), { config: null });
    expect(settingsOf(trace())).toMatchObject({ config: null, guard: join(folder, 'mine.wasm'), mode: 'strict' });
  });

  it('of a choice that is not stored yet counts already', () => {
    const config = join(folder, 'config.toml');
    fake.settings.set('guardscope.policy', 'policy.json');
    const settings = sessionSettings(uri(trace()), {}, { config });
    expect(settings).toMatchObject({ config, policy: join(folder, 'policy.json'), mode: null });
  });
});

describe('a choice', () => {
  it('is written to the workspace settings with relative paths, and keeps what was chosen before', async () => {
    const trace = uri(join(folder, 'logs', 'a.jsonl'));
    await rememberChoice(memory, trace, { guard: join(folder, 'build', 'guard.wasm') });
    await rememberChoice(memory, trace, { policy: '/elsewhere/policy.json', mode: 'propagate' });
    expect(fake.updates.at(-1)).toEqual({
      id: 'guardscope.traces',
      value: { 'logs/a.jsonl': { guard: 'build/guard.wasm', policy: '/elsewhere/policy.json', mode: 'propagate' } },
      target: ConfigurationTarget.Workspace,
    });
    expect(settingsOf(trace.fsPath)).toMatchObject({ guard: join(folder, 'build', 'guard.wasm'), mode: 'propagate' });
  });

  it('is written to the settings of its folder in a multi-root workspace', async () => {
    fake.folders.push('/other');
    await rememberChoice(memory, uri('/other/a.jsonl'), { mode: 'filter' });
    expect(fake.updates).toEqual([
      {
        id: 'guardscope.traces',
        value: { 'a.jsonl': { mode: 'filter' } },
        target: ConfigurationTarget.WorkspaceFolder,
      },
    ]);
  });

  it('stays out of the settings for a trace outside the workspace', async () => {
    await rememberChoice(memory, uri('/tmp/x/a.jsonl'), { guard: '/tmp/x/g.wasm', server: 's' });
    expect(fake.updates).toEqual([]);
    expect(settingsOf('/tmp/x/a.jsonl')).toMatchObject({ guard: '/tmp/x/g.wasm', server: 's' });
    expect(settingsOf('/tmp/x/b.jsonl')).toMatchObject({ guard: null, server: null });
  });

  it('for a capture also applies to later captures of the same server, but not of another one', async () => {
    const capture = (name: string): string => join(defaultCaptureFolder(folder), `${name}.guardtrace.jsonl`);
    const guard = join(folder, 'guard.wasm');
    await rememberChoice(memory, uri(capture('files-2026-11-23T02-30-05Z-1')), { guard });
    expect(fake.updates).toEqual([]);
    expect(settingsOf(capture('files-2026-11-24T00-00-00Z-2'))).toMatchObject({ guard });
    expect(settingsOf(capture('memory-2026-11-24T00-00-00Z-3'))).toMatchObject({ guard: null });
  });

  it('for one capture does not change what was chosen for another capture of the server', async () => {
    const capture = (pid: number): string =>
      join(defaultCaptureFolder(folder), `files-2026-11-23T02-30-0${pid}Z-${pid}.guardtrace.jsonl`);
    await rememberChoice(memory, uri(capture(1)), { mode: 'filter' });
    await rememberChoice(memory, uri(capture(2)), { mode: 'propagate' });
    expect([1, 2, 3].map((pid) => settingsOf(capture(pid)).mode)).toEqual(['filter', 'propagate', 'propagate']);
  });
});
