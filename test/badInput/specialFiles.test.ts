/** Every door refuses devices, pipes, sockets and folders in place of a file, with the kind and the path, and ends at once. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ControlFile } from '../../src/engine/liveGuard/controlFile.ts';
import { nodeGuardFiles } from '../../src/engine/gateway/nodeGuardFiles.ts';
import { CaptureGrowth } from '../../src/engine/captureHome/captureGrowth.ts';
import { readClientFile } from '../../src/engine/clientConfigs/clientFiles.ts';
import { FollowedFile } from '../../src/engine/traceFiles/followedFile.ts';
import { isWritten, readLive } from '../../src/engine/recording/format/liveFile.ts';
import { readTraceFile } from '../../src/engine/traceFiles/traceFile.ts';
import { cliFile, expectRefused, guardscope } from '../cli/run.ts';
import { makeNamedPipe } from '../support/processes/namedPipe.ts';
import { proves } from '../support/proves.ts';
import { guard, policy, removeFiles, trace } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'special-'));
const kinds = ['pipe', 'zero', 'folder'] as const;
const reasons = { pipe: 'it is a named pipe', zero: 'it is a character device', folder: 'it is a directory' };
const suffixes = [
  '',
  '.wasm',
  '.json',
  '.toml',
  '.guardtrace.jsonl',
  '.guardtrace.jsonl.live.json',
  '.guardtrace.jsonl.control.json',
  '.har',
];

function at(kind: (typeof kinds)[number], suffix = ''): string {
  return join(folder, `${kind}${suffix}`);
}

beforeAll(() => {
  for (const suffix of suffixes) {
    makeNamedPipe(at('pipe', suffix));
    symlinkSync('/dev/zero', at('zero', suffix));
    mkdirSync(at('folder', suffix));
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  removeFiles();
});

describe('the command line refuses', () => {
  const doors: readonly (readonly [string, string, string, (path: string) => readonly string[]])[] = [
    ['a guard', 'guard/unreadable', '.wasm', (path) => ['replay', trace, '--guard', path, '--policy', policy]],
    ['a guard to inspect', 'guard/unreadable', '.wasm', (path) => ['inspect', path]],
    ['a policy', 'policy/unreadable', '.json', (path) => ['replay', trace, '--guard', guard, '--policy', path]],
    ['a policy to validate', 'policy/unreadable', '.json', (path) => ['validate', path]],
    ['a configuration', 'config/unreadable', '.toml', (path) => ['validate', '--config', path]],
    [
      'a trace',
      'trace/unreadable',
      '.guardtrace.jsonl',
      (path) => ['replay', path, '--guard', guard, '--policy', policy],
    ],
    ['steps', 'exec/unreadable', '', (path) => ['exec', '--guard', guard, '--steps', path]],
    ['a file to import', 'import/unreadable', '.har', (path) => ['import', path]],
    [
      'a capture to export',
      'export/unreadable',
      '.guardtrace.jsonl',
      (path) => ['export', path, '--as', 'har', '--out', join(folder, 'out.har')],
    ],
    ['a capture to compare', 'trace/unreadable', '.guardtrace.jsonl', (path) => ['drift', path, path]],
    ['a client configuration', 'clients/unreadable', '.json', (path) => ['wrap', path, 'a']],
  ];
  const cases = doors.flatMap(([what, code, suffix, args]) =>
    kinds.map((kind) => [what, kind, code, suffix, args] as const),
  );

  it.each(cases)('%s that is a %s', async (_, kind, code, suffix, args) => {
    proves('own:regular-files');
    const path = at(kind, suffix);
    const run = await guardscope(args(path), { cwd: folder });
    if (kind === 'folder' && suffix === '.guardtrace.jsonl' && args(path)[0] === 'replay') {
      // A folder stands for the gateway's log in it.
      expectRefused(run, 2, code, 'contains no rpc-messages.jsonl');
      return;
    }
    expectRefused(run, 2, code, reasons[kind], path);
  });

  it('a followed trace that is a pipe', async () => {
    const logs = join(folder, 'followed');
    mkdirSync(logs);
    makeNamedPipe(join(logs, 'rpc-messages.jsonl'));
    for (const path of [at('pipe', '.guardtrace.jsonl'), at('zero', '.guardtrace.jsonl'), logs]) {
      const run = await guardscope(['replay', path, '--guard', guard, '--policy', policy, '--follow']);
      expectRefused(run, 2, 'trace/unreadable', path, path.includes('zero') ? reasons.zero : reasons.pipe);
    }
  });

  it('arguments of a call', async () => {
    const run = await guardscope([
      'call',
      't',
      `@${at('pipe')}`,
      '--out',
      join(folder, 'c.guardtrace.jsonl'),
      '--',
      'true',
    ]);
    expectRefused(run, 2, 'call/unreadable', 'it is a named pipe', at('pipe'));
  });

  it.runIf(process.platform === 'linux')('a pipe with another name, but not what its user passes as /dev/stdin', () => {
    const link = join(folder, 'stdin.json');
    symlinkSync('/dev/stdin', link);
    const run = (path: string): string =>
      execFileSync(
        'sh',
        ['-c', `cat "$1" | "$2" "$3" validate "$4" 2>&1 || true`, 'sh', policy, process.execPath, cliFile, path],
        { encoding: 'utf8' },
      );
    expect(run('/dev/stdin')).toContain('the gateway accepts this allow-only policy');
    expect(run('/dev/fd/0')).toContain('the gateway accepts this allow-only policy');
    expect(run(link)).toContain('it is a named pipe, not a regular file [policy/unreadable]');
  });
});

describe('the extension host is not blocked by', () => {
  it.each(kinds)('a live file, a control file, a capture, a guard or a configuration that is a %s', async (kind) => {
    const capture = at(kind, '.guardtrace.jsonl');
    expect(readLive(capture)).toBeNull();
    expect(isWritten(capture)).toBe(false);
    expect(new ControlFile(capture).look()).toMatchObject({
      control: {},
      problem: expect.stringContaining(reasons[kind]) as string,
    });
    expect(await new CaptureGrowth(capture).look()).toEqual({ bytes: 0, calls: 0 });
    expect(await new FollowedFile(capture).look()).toEqual({ kind: 'absent' });
    const found = await nodeGuardFiles.read(at(kind, '.wasm'));
    expect(found).toMatchObject({
      ok: false,
      error: expect.stringContaining(kind === 'folder' ? 'is a directory' : reasons[kind]) as string,
    });
    const file = { client: 'cursor', name: 'Cursor', path: at(kind, '.json'), scope: 'user' } as const;
    expect((await readClientFile(file)).problems[0]?.message).toContain(reasons[kind]);
  });

  it('a log of the gateway that is a pipe, in its folder', async () => {
    const logs = join(folder, 'logs');
    mkdirSync(logs);
    makeNamedPipe(join(logs, 'rpc-messages.jsonl'));
    await expect(readTraceFile(logs)).rejects.toThrow('it is a named pipe');
    rmSync(join(logs, 'rpc-messages.jsonl'));
    writeFileSync(
      join(logs, 'rpc-messages.jsonl'),
      '{"timestamp":"2026-01-02T03:04:05.678Z","event":"rpc_request","_schema":"rpc-message/v2","direction":"OUT","server_id":"s","method":"tools/call","payload":{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","arguments":{}}}}\n',
    );
    for (const name of ['mcp-gateway.log', 'x.stderr.log', 'gateway.log']) makeNamedPipe(join(logs, name));
    expect((await readTraceFile(logs)).calls).toHaveLength(1);
  });
});
