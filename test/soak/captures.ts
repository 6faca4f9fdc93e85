/**
 * Sessions that are captured on a busy machine, by `tap` and by `call` in turn: every capture is complete when its command ends.
 * `--sessions N` (default 300), `--busy N` (default 4, processes that never rest) and `--width N` (default 8, sessions at once).
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onExit } from '../support/processes/process.ts';
import { check, fail, finish, inParallel, numberOption } from './support/checks.ts';
import { buildCli, root, scratchFolder } from './support/product.ts';

const sessions = numberOption('sessions', 300);
const busy = numberOption('busy', 4);
const width = numberOption('width', 8);
const folder = scratchFolder('captures');
const cli = await buildCli();
const server = [process.execPath, join(root, 'test/soak/support/mcpServer.mjs')];

/** Milliseconds from the last answer to the end of the command, when its capture must be complete. */
const waits = { tap: [] as number[], call: [] as number[] };

const loops = Array.from({ length: busy }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
onExit(() => loops.forEach((loop) => loop.kill('SIGKILL')));
const began = performance.now();
await inParallel(
  Array.from({ length: sessions }, (_, at) => at),
  width,
  async (at) => {
    try {
      const problem = await (at % 2 === 0 ? tapSession(at) : callSession(at));
      check(problem === null, `session ${at}: ${problem}`);
    } catch (thrown) {
      fail(`session ${at}: ${String(thrown instanceof Error ? thrown.stack : thrown)}`);
    }
  },
);
for (const loop of loops) loop.kill('SIGKILL');
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(`${sessions} sessions, ${width} at once, beside ${busy} busy loops: ${seconds} s`);
for (const [name, times] of Object.entries(waits)) console.log(`${name}: complete after ${spread(times)}`);
finish();

/** Calls a tool through a tap, and ends its input with the last answer. */
async function tapSession(at: number): Promise<string | null> {
  const calls = 1 + (at % 23);
  const bytes = at % 10 === 4 ? 2_000_000 : 100 * at;
  const capture = join(folder, `${at}.guardtrace.jsonl`);
  const child = spawn(process.execPath, [cli, 'tap', '--out', capture, '--', ...server], { stdio: 'pipe' });
  let answers = 0;
  let last = 0;
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    answers += chunk.toString('latin1').split('\n').length - 1;
    if (answers < calls || last > 0) return;
    last = performance.now();
    child.stdin.end();
  });
  for (let id = 1; id <= calls; id++) {
    const params = { name: 'text', arguments: { bytes } };
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })}\n`);
  }
  const code = await ended(child);
  waits.tap.push(performance.now() - last);
  return judge(capture, { code, stderr }, calls);
}

/** One call. The time counts from the printed answer. */
async function callSession(at: number): Promise<string | null> {
  const capture = join(folder, `${at}.guardtrace.jsonl`);
  const args = ['call', 'text', JSON.stringify({ bytes: 1000 * at }), '--out', capture, '--', ...server];
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  let answered = 0;
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on('data', () => (answered = performance.now()));
  const code = await ended(child);
  waits.call.push(performance.now() - answered);
  return judge(capture, { code, stderr }, 1);
}

function ended(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('close', resolve);
  });
}

/** What is wrong with a capture at the moment when its command has ended; null when it is complete. */
function judge(
  capture: string,
  { code, stderr }: { readonly code: number | null; readonly stderr: string },
  calls: number,
): string | null {
  if (code !== 0 || stderr !== '') return `it ended with code ${code}: ${stderr}`;
  const lines = readFileSync(capture, 'utf8').trimEnd().split('\n');
  rmSync(capture);
  const parsed = lines.map((line) => JSON.parse(line) as CapturedLine);
  const asked = parsed.filter(({ msg }) => msg?.method === 'tools/call').map(({ msg }) => msg?.id);
  const answers = new Set(parsed.filter(({ dir }) => dir === 'server').map(({ msg }) => msg?.id));
  if (asked.length !== calls) return `the capture has ${asked.length} of ${calls} calls`;
  if (asked.some((id) => !answers.has(id))) return 'the capture lacks an answer';
  return parsed.at(-1)?.event === 'exit' ? null : `the last line of the capture is ${lines.at(-1)?.slice(0, 200)}`;
}

interface CapturedLine {
  readonly dir?: string;
  readonly event?: string;
  readonly msg?: { readonly id?: unknown; readonly method?: string };
}

/** For example `median 120 ms, 95 % 300 ms, longest 500 ms`. */
function spread(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const share = (part: number): string => `${(sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(0)} ms`;
  return `median ${share(0.5)}, 95 % ${share(0.95)}, longest ${share(1)}`;
}
