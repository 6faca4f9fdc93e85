/**
 * Random sessions through `guardscope tap`: both sides get the same bytes as without it, and the capture is readable and complete.
 * `--sessions N` (default 1000) and `--seed N` (default 1, the seed of the first one) choose them.
 */
import { createHash } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type * as TraceFile from '../../src/engine/traceFiles/traceFile.ts';
import type * as RandomSession from '../engine/tap/randomSession.ts';
import type * as Tapped from '../engine/tap/tapped.ts';
import { check, fail, finish, inParallel, numberOption } from './support/checks.ts';
import { buildCli, load, root, scratchFolder } from './support/product.ts';

const first = numberOption('seed', 1);
const sessions = numberOption('sessions', 1000);
const folder = scratchFolder('identity');
const cli = await buildCli();
const { expectedTexts, randomSession } = await load<typeof RandomSession>('test/engine/tap/randomSession.ts');
const { capturedTexts, run } = await load<typeof Tapped>('test/engine/tap/tapped.ts');
const { readTraceFile } = await load<typeof TraceFile>('src/engine/traceFiles/traceFile.ts');

const began = performance.now();
const total = { bytes: 0, calls: 0, longest: 0 };
await inParallel(
  Array.from({ length: sessions }, (_, at) => first + at),
  cpus().length,
  async (seed) => {
    try {
      const problem = await play(seed);
      check(problem === null, `seed ${seed}: ${problem}`);
    } catch (thrown) {
      fail(`seed ${seed}: ${String(thrown instanceof Error ? thrown.stack : thrown)}`);
    }
  },
);
const { bytes, calls, longest } = total;
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  `${sessions} sessions from seed ${first}: ${megabytes(bytes)}, ${calls} calls, longest line ${megabytes(longest)}, ${seconds} s`,
);
finish();

/** The first failed expectation; null when there is none. */
async function play(seed: number): Promise<string | null> {
  const session = randomSession(seed, longestMessage(seed));
  const script = join(folder, `${seed}.json`);
  const capture = join(folder, `${seed}.guardtrace.jsonl`);
  writeFileSync(script, JSON.stringify(session.server));
  const server = [process.execPath, join(root, 'test/engine/tap/fakeServer.mjs'), 'script', script];
  // These sessions have no secrets, so redaction must not change any byte.
  const flags = ['--queue', '4000', ...(seed % 2 === 0 ? ['--no-redact'] : [])];
  const { stdout, stderr, code, signal } = await run(
    [process.execPath, cli, 'tap', '--out', capture, ...flags, '--', ...server],
    session.client,
  );
  try {
    total.bytes += session.sent.length + session.answered.length;
    if (!stdout.equals(session.answered)) return `the client got ${stdout.length} of ${session.answered.length} bytes`;
    const digest = createHash('sha256').update(session.sent).digest('hex');
    if (stderr !== `${session.stderrNotes.toString()}${digest}`)
      return `the server got other bytes, or stderr differs: ${stderr}`;
    if (code !== 0 || signal !== null) return `it ended with code ${code}, signal ${signal}`;
    if (statSync(capture).mode % 0o1000 !== 0o600) return 'the capture is readable by others than its owner';
    const sent = expectedTexts(session.sent);
    if (!same(capturedTexts(capture, 'client'), sent)) return 'the capture does not have what the client sent';
    if (!same(capturedTexts(capture, 'server'), expectedTexts(session.answered))) {
      return 'the capture does not have what the server sent';
    }
    const trace = await readTraceFile(capture);
    const expected = sent.reduce((sum, text) => sum + callsIn(text), 0);
    total.calls += expected;
    total.longest = sent.reduce((most, text) => Math.max(most, text.length), total.longest);
    if (trace.format !== 'native') return `the capture reads as ${trace.format}`;
    if (trace.calls.length !== expected) return `the capture reads as ${trace.calls.length} of ${expected} calls`;
    return null;
  } finally {
    for (const file of [script, capture]) rmSync(file, { force: true });
  }
}

/** Most sessions are small, so that many can run; a few have messages of the maximum length. */
function longestMessage(seed: number): number {
  if (seed % 100 === 7) return 20_000_000;
  return seed % 20 === 3 ? 2_000_000 : 200_000;
}

function callsIn(text: string): number {
  if (text.startsWith('raw:')) return 0;
  const value = JSON.parse(text) as { readonly method?: string } | readonly { readonly method?: string }[];
  return [value].flat().filter(({ method }) => method === 'tools/call').length;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, at) => text === b[at]);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
