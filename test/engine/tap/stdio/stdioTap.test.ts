/** The tap between a client and a server: it changes nothing for both sides, and the capture has every message. */
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { readTraceFile } from '../../../../src/engine/traceFiles/traceFile.ts';
import { Random } from '../../../oracle/random.ts';
import { patiently } from '../../../support/patience.ts';
import { childrenOf, commandOf } from '../../../support/processes/processes.ts';
import { expectedTexts, randomSession } from '../randomSession.ts';
import {
  captureLines,
  capturedTexts,
  eventually,
  fakeServer,
  isAlive,
  run,
  type Seen,
  scratchFolder,
  sleep,
  start,
  tapped,
} from '../tapped.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

/** `TAP_SOAK=COUNT` plays that many sessions with messages of up to 20 MB. */
const soak = Number(process.env['TAP_SOAK'] ?? 0);
const sessions = soak > 0 ? soak : 8;
const maxBytes = soak > 0 ? 20_000_000 : 1_000_000;
const request = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');

describe.concurrent('random sessions', () => {
  it.each(Array.from({ length: sessions }, (_, seed) => seed + 1))(
    'pass untouched and are recorded byte for byte (seed %i)',
    { timeout: patiently(120_000) },
    async (seed) => {
      const session = randomSession(seed, maxBytes);
      const script = scratch.path(`${seed}.json`);
      writeFileSync(script, JSON.stringify(session.server));
      const capture = scratch.path(`${seed}.guardtrace.jsonl`);
      const seen = await run(tapped(capture, fakeServer('script', script), '--no-redact'), session.client);
      const digest = createHash('sha256').update(session.sent).digest('hex');
      expect(seen.stdout.equals(session.answered)).toBe(true);
      expect(seen).toMatchObject({ stderr: `${session.stderrNotes.toString()}${digest}`, code: 0, signal: null });
      expect(capturedTexts(capture, 'client')).toEqual(expectedTexts(session.sent));
      expect(capturedTexts(capture, 'server')).toEqual(expectedTexts(session.answered));
    },
  );

  it('are recorded as valid lines with redaction, too', async () => {
    const session = randomSession(77, 200_000);
    const script = scratch.path('redacted.json');
    writeFileSync(script, JSON.stringify(session.server));
    const capture = scratch.path('redacted.guardtrace.jsonl');
    const seen = await run(tapped(capture, fakeServer('script', script)), session.client);
    expect(seen.stdout.equals(session.answered)).toBe(true);
    expect(capturedTexts(capture, 'client')).toEqual(expectedTexts(session.sent));
    expect(captureLines(capture)[0]?.['redaction']).toContain('github-token');
  });
});

describe.concurrent('the end', () => {
  const shell = (script: string): readonly string[] => ['sh', '-c', script];

  it.each<readonly [string, readonly string[]]>([
    ['code 0', shell('exit 0')],
    ['exit code 3 after output', shell('echo out; echo err >&2; exit 3')],
    ['code 255', shell('exit 255')],
    ['SIGTERM to itself', shell('kill -TERM $$')],
    ['SIGKILL to itself', shell('kill -KILL $$')],
    ['SIGINT to itself', shell('kill -INT $$')],
    ['SIGPIPE to itself', shell('kill -PIPE $$')],
    ['SIGUSR1 to itself', shell('kill -USR1 $$')],
    ['SIGABRT to itself', shell('ulimit -c 0; kill -ABRT $$')],
    ['the end of its input', shell('cat; exit 6')],
    ['closed streams long before', fakeServer('closes', '400')],
    ['much output at once', shell('head -c 3000000 /dev/zero; exit 9')],
  ])('is the same as without the tap: %s', async (name, command) => {
    const plain = await run(command, [request]);
    const capture = scratch.path(`end ${name}.guardtrace.jsonl`);
    const seen = await run(tapped(capture, command), [request]);
    expect(seen.stdout.equals(plain.stdout)).toBe(true);
    expect({ ...seen, stdout: null }).toEqual({ ...plain, stdout: null });
    expect(captureLines(capture).at(-1)).toMatchObject({ event: 'exit', code: plain.code, signal: plain.signal });
  });

  it('comes although a remaining process holds the output open', async () => {
    const { child, firstLine, seen } = start(tapped(scratch.path('left.guardtrace.jsonl'), fakeServer('leaves')));
    const left = Number((await firstLine).split(' ')[1]);
    const code = await new Promise((resolve) => {
      child.on('exit', resolve);
    });
    process.kill(left, 'SIGKILL');
    expect(code).toBe(4);
    await seen;
  });

  it('reaches the server when its output is closed', async () => {
    const { child, seen } = start(tapped(scratch.path('flood.guardtrace.jsonl'), fakeServer('flood')));
    await new Promise((resolve) => {
      child.stdout?.once('data', resolve);
    });
    child.stdout?.destroy();
    expect(await seen).toMatchObject({ code: 7, signal: null });
  });

  it.each([
    [
      'a missing command',
      ['no-such-command-here'],
      127,
      /^guardscope: Command not found: "no-such-command-here" \[tap\/not-found\]\n  Check its spelling, .*\n$/,
    ],
    [
      'a file that is not executable',
      ['/dev/null'],
      126,
      /^guardscope: Cannot run "\/dev\/null": .*EACCES \[tap\/not-executable\]\n  Check that it is a program, .*\n$/,
    ],
  ])('is a sentence and the code of a shell for %s', async (_name, command, code, sentence) => {
    const capture = scratch.path('never.guardtrace.jsonl');
    const seen = await run(tapped(capture, command));
    expect(seen).toMatchObject({ code, signal: null });
    expect(seen.stdout.toString()).toBe('');
    expect(seen.stderr).toMatch(sentence);
    expect(() => statSync(capture)).toThrow('ENOENT');
  });
});

describe.concurrent('signals', () => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;

  it.each(signals)('%s to the tap reaches the server once', async (signal) => {
    const capture = scratch.path(`${signal}.guardtrace.jsonl`);
    const { child, firstLine, seen } = start(tapped(capture, fakeServer('signals')));
    await firstLine;
    child.kill(signal);
    const { stdout, code } = await seen;
    expect(stdout.toString().split('\n').slice(1)).toEqual([signal, '']);
    expect(code).toBe(11);
    expect(captureLines(capture)).toContainEqual(expect.objectContaining({ event: 'signal', signal }));
  });

  it.each(signals)('%s to the process group reaches the server once', async (signal) => {
    const { child, firstLine, seen } = start(
      tapped(scratch.path(`g${signal}.guardtrace.jsonl`), fakeServer('signals')),
      {
        group: true,
      },
    );
    await firstLine;
    // The probe is started after the server.
    await sleep(300);
    process.kill(-Number(child.pid), signal);
    const { stdout, code } = await seen;
    expect(stdout.toString().split('\n').slice(1)).toEqual([signal, '']);
    expect(code).toBe(11);
  });

  it('arrive in the order in which they were sent', async () => {
    const { child, firstLine, seen } = start(tapped(scratch.path('two.guardtrace.jsonl'), fakeServer('signals', '3')));
    await firstLine;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) {
      child.kill(signal);
      // The system merges a signal with an equal one that is still pending.
      await once(child.stdout, 'data');
    }
    expect((await seen).stdout.toString().split('\n').slice(1)).toEqual(['SIGINT', 'SIGTERM', 'SIGINT', '']);
    expect((await seen).code).toBe(13);
  });

  it('that end the server end the tap in the same way', async () => {
    const command = fakeServer('wait');
    const ends: Seen[] = [];
    for (const each of [command, tapped(scratch.path('term.guardtrace.jsonl'), command)]) {
      const { child, firstLine, seen } = start(each);
      await firstLine;
      child.kill('SIGTERM');
      ends.push(await seen);
    }
    expect(ends.map(({ code, signal }) => ({ code, signal }))).toEqual([
      { code: null, signal: 'SIGTERM' },
      { code: null, signal: 'SIGTERM' },
    ]);
  });
});

describe.concurrent('a tap that is killed', () => {
  it.each(Array.from({ length: 6 }, (_, seed) => seed))(
    'leaves whole lines and no process behind (%i)',
    async (seed) => {
      const random = new Random(seed, 1);
      const capture = scratch.path(`kill${seed}.guardtrace.jsonl`);
      const { child, seen } = start(tapped(capture, fakeServer('echo')), { group: true });
      const serverOf = (): number =>
        childrenOf(Number(child.pid)).find((pid) => commandOf(pid).includes('fakeServer')) ?? 0;
      expect(await eventually(() => serverOf() > 0)).toBe(true);
      expect(await eventually(() => isThere(capture) && statSync(capture).size > 0)).toBe(true);
      const pids = childrenOf(Number(child.pid));
      const stopAt = performance.now() + random.between(100, 700);
      for (let id = 0; performance.now() < stopAt; id++) {
        const call = {
          jsonrpc: '2.0',
          id,
          method: 'tools/call',
          params: { name: 't', arguments: { x: 'y'.repeat(random.below(5000)) } },
        };
        child.stdin?.write(`${JSON.stringify(call)}\n`);
        if (random.once(5)) await sleep(1);
      }
      child.kill('SIGKILL');
      expect(await seen).toMatchObject({ signal: 'SIGKILL' });
      expect(await eventually(() => pids.every((pid) => !isAlive(pid)))).toBe(true);
      const text = readFileSync(capture, 'utf8');
      const lines = text.split('\n');
      for (const line of lines.slice(0, -1)) JSON.parse(line);
      const trace = await readTraceFile(capture);
      expect(trace.format).toBe('native');
      expect(trace.calls.length).toBeGreaterThan(0);
      expect(trace.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    },
  );
});

describe.concurrent('a recording that fails', () => {
  const session = (capture: string, ...flags: string[]): Promise<Seen> =>
    run(tapped(capture, fakeServer('echo'), ...flags), [request, 600, request, 100, request]);

  const expectReport = ({ stdout, stderr, code }: Seen, sentence: RegExp, requests = 3): void => {
    expect(stdout.toString()).toBe(request.toString().repeat(requests));
    expect(code).toBe(2);
    const messages = [...stderr.matchAll(/guardscope tap: (.*); the session goes on\n/g)].map(([, each]) => each);
    expect(messages).toEqual([expect.stringMatching(sentence)]);
  };

  it('is reported when the folder is missing', async () => {
    expectReport(
      await session(scratch.path('no/such/folder.jsonl')),
      /Cannot open the capture ".*folder\.jsonl": ENOENT.*\. Create its folder, or give --out another file$/,
    );
  });

  it('is reported when the path is a folder', async () => {
    mkdirSync(scratch.path('folder.guardtrace.jsonl'));
    expectReport(await session(scratch.path('folder.guardtrace.jsonl')), /Cannot open the capture .*EISDIR/);
  });

  it('is reported when the disk is full', async () => {
    expectReport(await session('/dev/full'), /Cannot write the capture "\/dev\/full": ENOSPC/);
  });

  it('is reported when the file was deleted', async () => {
    const capture = scratch.path('gone.guardtrace.jsonl');
    const { child, firstLine, seen } = start(tapped(capture, fakeServer('echo')));
    child.stdin?.write(request);
    await firstLine;
    expect(await eventually(() => isThere(capture) && captureLines(capture).length > 1)).toBe(true);
    unlinkSync(capture);
    let stderr = '';
    let requests = 2;
    child.stderr.on('data', (text: string) => (stderr += text));
    // The recorder looks for its file at most every 50 ms, so a single message right after another would not be enough.
    const isReported = await eventually(() => {
      child.stdin.write(request);
      requests++;
      return stderr !== '';
    });
    expect(isReported).toBe(true);
    child.stdin.end(request);
    expectReport(await seen, /The capture ".*gone\.guardtrace\.jsonl" was deleted/, requests);
  });
});

describe.concurrent('the capture', () => {
  it('is readable for its owner only, even if an older one was not', async () => {
    const capture = scratch.path('mode.guardtrace.jsonl');
    await run(tapped(capture, fakeServer('echo')), [request]);
    expect(statSync(capture).mode & 0o777).toBe(0o600);
    chmodSync(capture, 0o644);
    await run(tapped(capture, fakeServer('echo')), [request]);
    expect(statSync(capture).mode & 0o777).toBe(0o600);
    const headers = captureLines(capture).filter(({ schema }) => schema !== undefined);
    expect(headers).toHaveLength(2);
  });

  it('has the name of the server from its flag, or from the file name', async () => {
    const capture = scratch.path('github.guardtrace.jsonl');
    await run(tapped(capture, fakeServer('echo')));
    await run(tapped(capture, fakeServer('echo'), '--server', 'gh'));
    expect(captureLines(capture).flatMap(({ server }) => (server === undefined ? [] : [server]))).toEqual([
      'github',
      'gh',
    ]);
  });

  it('contains secrets only with --no-redact', async () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    const call = Buffer.from(
      `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't', arguments: { q: `use ${secret}`, sha: 'a'.repeat(40) } } })}\n`,
    );
    const redacted = scratch.path('redacts.guardtrace.jsonl');
    const plain = scratch.path('plain.guardtrace.jsonl');
    await run(tapped(redacted, fakeServer('echo')), [call]);
    await run(tapped(plain, fakeServer('echo'), '--no-redact'), [call]);
    expect(readFileSync(redacted, 'utf8')).not.toContain(secret);
    expect(readFileSync(plain, 'utf8')).toContain(secret);
    const [call1, call2] = [...(await readTraceFile(redacted)).calls, ...(await readTraceFile(plain)).calls];
    expect(call1).toMatchObject({ redacted: true, args: { sha: 'a'.repeat(40) } });
    expect(call2).toMatchObject({ redacted: false, args: { q: `use ${secret}` } });
    expect(JSON.stringify(call1?.args)).toMatch(/use «redacted:github-token:[0-9a-f]{6}»/);
  });

  it('ends at its size limit, or continues in the next file', async () => {
    const big = Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', method: 'm', params: 'x'.repeat(400_000) })}\n`);
    const steps = Array.from({ length: 6 }, () => big);
    const ended = await run(
      tapped(scratch.path('limit.guardtrace.jsonl'), fakeServer('echo'), '--max-size', '1'),
      steps,
    );
    expect(ended.stderr).toMatch(
      /not recorded any more: the capture reached its limit of 1048576 bytes; the session goes on/,
    );
    expect(statSync(scratch.path('limit.guardtrace.jsonl')).size).toBeLessThanOrEqual(1024 * 1024);
    const rotated = scratch.path('rotated.guardtrace.jsonl');
    const seen = await run(tapped(rotated, fakeServer('echo'), '--max-size', '1', '--keep', '2'), steps);
    expect(seen.stderr).not.toContain('guardscope');
    const files = [rotated, scratch.path('rotated.1.guardtrace.jsonl'), scratch.path('rotated.2.guardtrace.jsonl')];
    for (const file of files) {
      expect(statSync(file).size).toBeLessThanOrEqual(1024 * 1024);
      expect(captureLines(file)[0]).toMatchObject({ schema: 'guardscope-trace/1' });
    }
    expect(isThere(scratch.path('rotated.3.guardtrace.jsonl'))).toBe(false);
  });
});

function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}
