/**
 * Failures during a tapped session: the tap, its server or its client is killed (`--kills N`, default 200, `--seed N`),
 * the disk is full, a reader stalls, a session is very long (`--megabytes N`, default 1000). For Linux.
 *
 * The promise about a capture: it has every exchange whose answer the client got, whichever process is killed by whichever signal, and
 * every line is complete.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as TraceFile from '../../src/engine/traceFiles/traceFile.ts';
import type * as Randoms from '../oracle/random.ts';
import { sleep } from '../support/processes/process.ts';
import { check, fail, finish, inParallel, numberOption } from './support/checks.ts';
import { buildCli, load, scratchFolder } from './support/product.ts';
import { descendantsOf, memoryOf, waitForEnd } from './support/processes.ts';

const seed = numberOption('seed', 1);
const kills = numberOption('kills', 200);
const longSession = numberOption('megabytes', 1000);
const megabyte = 1_000_000;
/** Limit for the memory of two processes of Node, tap and recorder, with a few chunks in transit. */
const maxIdleMemory = 180 * megabyte;
/** The same limit with a full queue and its overhead. */
const maxFloodMemory = 450 * megabyte;
const folder = scratchFolder('faults');
const cli = await buildCli();
const { Random } = await load<typeof Randoms>('test/oracle/random.ts');
const { readTraceFile } = await load<typeof TraceFile>('src/engine/traceFiles/traceFile.ts');
const support = (name: string): string => fileURLToPath(new URL(`support/${name}`, import.meta.url));

const answering = (bytes: number): readonly string[] => [
  process.execPath,
  support('answeringServer.mjs'),
  String(bytes),
];
const tapped = (capture: string, command: readonly string[], ...flags: readonly string[]): readonly string[] => [
  process.execPath,
  cli,
  'tap',
  '--out',
  capture,
  ...flags,
  '--',
  ...command,
];

await killAll();
await fullDisk();
await slowReaders();
await longSessions();
finish();

/** Number of exchanges whose answers clients got. */
interface Acknowledged {
  all: number;
  byTapKills: number;
  tapKills: number;
}

async function killAll(): Promise<void> {
  const acknowledged: Acknowledged = { all: 0, byTapKills: 0, tapKills: 0 };
  const numbers = Array.from({ length: kills }, (_, at) => at);
  await inParallel(numbers, 2, async (number) => {
    try {
      await killOne(number, acknowledged);
    } catch (thrown) {
      fail(`kill ${number} (seed ${seed}): ${String(thrown instanceof Error ? thrown.stack : thrown)}`);
    }
  });
  const { all, byTapKills, tapKills } = acknowledged;
  check(tapKills > kills / 20, `only ${tapKills} of ${kills} kills were a SIGKILL of the tap`);
  console.log(
    `${kills} kills: ${all} exchanges acknowledged, ${byTapKills} of them before ${tapKills} kills of the tap by SIGKILL`,
  );
}

async function killOne(number: number, acknowledged: Acknowledged): Promise<void> {
  const random = new Random(seed, number);
  const capture = join(folder, `kill${number}.guardtrace.jsonl`);
  const [window, pause, bytes] = [random.pick([1, 2, 8]), random.pick([0, 0, 1, 10]), random.pick([10, 1000, 30_000])];
  const command = tapped(capture, answering(random.pick([10, 1000, 30_000])));
  const client = startClient([window, pause, bytes, ...command]);
  // Mostly in the middle of a session, sometimes while it starts.
  if (!random.once(8)) await client.firstAnswer;
  await sleep(random.below(400));
  // A process that the client has just forked still has the client's command line, which names the tap and the server.
  const isTap = ({ command }: { readonly command: string }): boolean =>
    command.includes(' tap ') && !command.includes('faultClient');
  const victim = random.pick(['tap', 'server', 'client'] as const);
  const signal = random.pick(['SIGKILL', 'SIGTERM'] as const);
  const tap = descendantsOf(client.pid).find(isTap);
  // A stopped tap cannot start its recorder, which outlives it, after the processes were listed.
  if (victim === 'tap' && signal === 'SIGKILL' && tap !== undefined) process.kill(tap.pid, 'SIGSTOP');
  const below = descendantsOf(client.pid);
  const server = below.find(({ command }) => command.includes('answeringServer') && !command.includes(' tap '));
  const pid = { tap: tap?.pid, server: server?.pid, client: client.pid }[victim];
  const what = `kill ${number} (seed ${seed}, ${signal} to the ${victim}, ${[window, pause, bytes].join('/')})`;
  const killed = performance.timeOrigin + performance.now();
  process.kill(pid ?? client.pid, signal);
  if (pid === undefined) process.kill(client.pid, 'SIGKILL');
  const left = await waitForEnd([client.pid, ...below.map(({ pid }) => pid)], 15_000);
  check(left.length === 0, `${what}: processes ${left.join(', ')} are left`);
  for (const orphan of left) process.kill(orphan, 'SIGKILL');
  await client.closed;
  if (pid === undefined) return;

  const { isComplete, ids } = readCapture(capture);
  check(isComplete, `${what}: the capture ends within a line`);
  const missing = client.answers.filter(({ id }) => !ids.requests.has(id) || !ids.answers.has(id));
  acknowledged.all += client.answers.length;
  if (victim === 'tap' && signal === 'SIGKILL') {
    acknowledged.tapKills++;
    acknowledged.byTapKills += client.answers.length;
  }
  const first = missing[0];
  check(
    first === undefined,
    `${what}: ${missing.length} of ${client.answers.length} acknowledged exchanges are missing, the first ${killed - (first?.time ?? 0)} ms before`,
  );
  if (ids.requests.size > 0) {
    const trace = await readTraceFile(capture);
    const errors = trace.problems.filter(({ severity }) => severity === 'error');
    check(errors.length === 0, `${what}: ${errors[0]?.message}`);
    check(
      trace.calls.length === ids.requests.size,
      `${what}: ${trace.calls.length} of ${ids.requests.size} calls read`,
    );
  }
  if (number % 10 === 0) await appendAfter(capture, what);
  rmSync(capture, { force: true });
}

/** Checks that the next session on the same capture begins on its own line, wherever the last one ended. */
async function appendAfter(capture: string, what: string): Promise<void> {
  const before = readCapture(capture).ids.requests.size;
  const session = spawnTap(tapped(capture, answering(10)));
  session.child.stdin.end(`${JSON.stringify(call(1, 10))}\n`);
  const { code } = await session.ended;
  const trace = await readTraceFile(capture);
  check(code === 0 && session.stderr() === '', `${what}: the next session ended with ${code}: ${session.stderr()}`);
  check(
    trace.calls.length === before + 1,
    `${what}: after the next session ${trace.calls.length} calls of ${before + 1}`,
  );
}

/** A client in its own process, and the answers that it got. */
interface Client {
  readonly pid: number;
  readonly answers: readonly { readonly id: number; readonly time: number }[];
  readonly firstAnswer: Promise<void>;
  readonly closed: Promise<unknown>;
}

function startClient(args: readonly (string | number | undefined)[]): Client {
  const child = spawn(process.execPath, ['--import', 'tsx', support('faultClient.ts'), ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const answers: { readonly id: number; readonly time: number }[] = [];
  let rest = '';
  let resolveFirst: () => void = () => undefined;
  const firstAnswer = new Promise<void>((resolve) => {
    resolveFirst = resolve;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [id = 0, time = 0] = line.split(' ').map(Number);
      if (id > 0) answers.push({ id, time });
    }
    if (answers.length > 0) resolveFirst();
  });
  const closed = new Promise((resolve) => {
    child.on('close', resolve);
  });
  child.on('close', () => resolveFirst());
  return { pid: Number(child.pid), answers, firstAnswer, closed };
}

/** Ids of the calls and the answers in a capture, and whether its last line is complete. */
function readCapture(capture: string): {
  readonly isComplete: boolean;
  readonly ids: { readonly requests: Set<unknown>; readonly answers: Set<unknown> };
} {
  const ids = { requests: new Set<unknown>(), answers: new Set<unknown>() };
  let text = '';
  try {
    text = readFileSync(capture, 'utf8');
  } catch {
    return { isComplete: true, ids };
  }
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '') continue;
    const { msg } = JSON.parse(line) as { readonly msg?: { readonly method?: string; readonly id?: unknown } };
    if (msg?.method === 'tools/call') ids.requests.add(msg.id);
    else if (msg?.id !== undefined) ids.answers.add(msg.id);
  }
  return { isComplete: text.endsWith('\n'), ids };
}

/** A file that may not grow beyond a limit, like on a full disk: the session continues, and the failure is reported once. */
async function fullDisk(): Promise<void> {
  for (const blocks of [1, 64, 4000]) {
    const capture = join(folder, `full${blocks}.guardtrace.jsonl`);
    // The limit counts blocks of 512 bytes in some shells and of 1024 in others.
    const limited = ['sh', '-c', `ulimit -f ${blocks}; exec "$@"`, 'sh', ...tapped(capture, answering(20_000))];
    const session = spawnTap(limited);
    const count = 500;
    for (let id = 1; id <= count; id++) session.child.stdin.write(`${JSON.stringify(call(id, 5000))}\n`);
    session.child.stdin.end();
    const { code, bytes } = await session.ended;
    const reports = session.stderr().split('\n').filter(Boolean);
    const expected = count * (20_000 + 60);
    check(code === 2 && bytes > expected, `a full disk ended the session: code ${code}, ${bytes} bytes came back`);
    check(
      reports.length === 1 &&
        /not recorded any more: Cannot write the capture .* the session goes on/.test(reports[0] ?? ''),
      `a full disk was reported as: ${reports.join(' | ')}`,
    );
    const { ids } = readCapture(capture);
    const trace = ids.requests.size > 0 ? await readTraceFile(capture) : { problems: [] };
    const errors = trace.problems.filter(({ severity }) => severity === 'error');
    check(errors.length === 0, `the capture on a full disk is not readable: ${errors[0]?.message}`);
    console.log(
      `full disk at ${statSync(capture).size} bytes: ${ids.requests.size} of ${count} calls recorded, session complete`,
    );
  }
}

/** A side that does not read makes the other side wait; the tap buffers only a few chunks. */
async function slowReaders(): Promise<void> {
  const volume = 200 * megabyte;
  const line = Buffer.from(`${JSON.stringify(call(1, 100_000))}\n`);
  const flood = `
    const line = Buffer.from(process.argv[1] + '\\n');
    let left = ${volume};
    const more = () => { while (left > 0) { left -= line.length; if (!process.stdout.write(line)) return process.stdout.once('drain', more); } };
    more();`;
  const toClient = spawnTap(
    tapped(join(folder, 'slow1.guardtrace.jsonl'), [process.execPath, '-e', flood, line.toString().trim()]),
    { read: false },
  );
  await sleep(3000);
  const waiting = memoryOfTap(toClient)();
  toClient.read();
  const { code, bytes } = await toClient.ended;
  check(code === 0 && bytes >= volume, `a slow client got ${bytes} bytes, code ${code}`);
  check(waiting.peak < maxIdleMemory, `while the client did not read, the tap held ${mb(waiting.peak)}`);
  console.log(`the client does not read 200 MB for 3 s: tap at ${mb(waiting.peak)}, then all ${bytes} bytes came`);

  const deaf = `setTimeout(() => { let n = 0; process.stdin.on('data', (c) => { n += c.length; }).on('end', () => process.stdout.write(n + '\\n')); }, 3000)`;
  const toServer = spawnTap(tapped(join(folder, 'slow2.guardtrace.jsonl'), [process.execPath, '-e', deaf]));
  let taken = 0;
  let sent = 0;
  const sending = (async () => {
    for (; sent < volume; sent += line.length) {
      if (!toServer.child.stdin.write(line))
        await new Promise((resolve) => toServer.child.stdin.once('drain', resolve));
      taken = sent;
    }
    toServer.child.stdin.end();
  })();
  await sleep(2000);
  const held = { ...memoryOfTap(toServer)(), taken };
  await sending;
  const end = await toServer.ended;
  check(end.code === 0 && Number(end.text) === sent, `a slow server got ${end.text.trim()} of ${sent} bytes`);
  check(held.taken < 10 * megabyte, `${mb(held.taken)} went towards a server that does not read`);
  check(held.peak < maxIdleMemory, `while the server did not read, the tap held ${mb(held.peak)}`);
  console.log(
    `the server does not read 200 MB for 3 s: tap at ${mb(held.peak)}, which took ${mb(held.taken)}, then all`,
  );
}

/**
 * A long session needs no more memory than a short one. A session that is faster than its recording (`pace` null: as fast as possible)
 * fills the queue and then waits for it at times.
 */
async function longSessions(): Promise<void> {
  const kinds: readonly (readonly [name: string, bytes: number, window: number, pace: number | null])[] = [
    ['answers of 100 kB, 4 at once, up to 60 MB/s', 100_000, 4, 60],
    ['answers of 2 kB, 16 at once, up to 20 MB/s', 2_000, 16, 20],
    ['answers of 100 kB, 4 at once, as fast as possible', 100_000, 4, null],
    ['answers of 2 kB, 16 at once, as fast as possible', 2_000, 16, null],
  ];
  for (const [name, bytes, window, pace] of kinds) {
    const capture = join(folder, 'long.guardtrace.jsonl');
    const session = spawnTap(tapped(capture, answering(bytes)));
    let received = 0;
    let id = 1;
    let early = 0;
    session.child.stdout.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) {
        if (received >= longSession * megabyte) session.child.stdin.end();
        else if (pace === null) ask();
        else setTimeout(ask, Math.max(0, received / (pace * 1000) - (performance.now() - began)));
      }
      received += chunk.length;
      if (early === 0 && received >= (longSession * megabyte) / 10) early = memory().peak;
      late = Math.max(late, memory().peak);
    });
    let late = 0;
    const memory = memoryOfTap(session);
    const ask = (): void => {
      if (session.child.stdin.writable) session.child.stdin.write(`${JSON.stringify(call(id++, 100))}\n`);
    };
    const began = performance.now();
    for (let at = 0; at < window; at++) ask();
    const { code } = await session.ended;
    const seconds = (performance.now() - began) / 1000;
    check(code === 0 && session.stderr() === '', `a long session ended with ${code}: ${session.stderr()}`);
    if (pace === null) check(late < maxFloodMemory, `the tap grew to ${mb(late)}`);
    else check(late < early + 60 * megabyte, `the tap grew from ${mb(early)} to ${mb(late)} between 100 MB and 1 GB`);
    const { size } = statSync(capture);
    check(size > received, `of ${received} bytes only ${size} are in the capture`);
    console.log(
      `a session of ${mb(received)}, ${name}: peak ${mb(early)} after a tenth, ${mb(late)} at the end, ${(received / megabyte / seconds).toFixed(0)} MB/s`,
    );
    rmSync(capture);
  }
}

/** Reads the memory of a tap and its recorder together; zero when they have ended. */
function memoryOfTap({ child }: SpawnedTap): () => { readonly now: number; readonly peak: number } {
  const pid = Number(child.pid);
  let recorder: { readonly pid: number } | undefined;
  return () => {
    recorder ??= descendantsOf(pid).find(({ command }) => command.includes('tapRecorder'));
    const [own, other] = [memoryOf(pid), recorder === undefined ? null : memoryOf(recorder.pid)];
    if (own === null) return { now: 0, peak: 0 };
    return { now: own.now + (other?.now ?? 0), peak: own.peak + (other?.peak ?? 0) };
  };
}

/** A running tap and its result. */
interface SpawnedTap {
  readonly child: ChildProcessWithoutNullStreams;
  /** Starts to read its output. */
  read(): void;
  readonly ended: Promise<{ readonly code: number | null; readonly bytes: number; readonly text: string }>;
  stderr(): string;
}

function spawnTap(command: readonly string[], { read = true } = {}): SpawnedTap {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: 'pipe' });
  let bytes = 0;
  let text = '';
  let stderr = '';
  const take = (): void => {
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (text.length < 1000) text += chunk.toString('latin1', 0, 1000);
    });
  };
  if (read) take();
  child.stdin.on('error', () => undefined);
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended: SpawnedTap['ended'] = new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, bytes, text }));
  });
  return { child, read: take, ended, stderr: () => stderr };
}

function call(id: number, bytes: number): object {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'tool', arguments: { text: 'x'.repeat(bytes) } } };
}

function mb(bytes: number): string {
  return `${(bytes / megabyte).toFixed(0)} MB`;
}
