/** Measures the tap against the same server without it: the added time of a round trip, and the throughput. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { ms } from './measure.ts';
import { httpLatencies, startHttpServer, startHttpTap } from './tapHttp.ts';

type Server = ChildProcessByStdio<Writable, Readable, null>;

const folder = mkdtempSync(join(tmpdir(), 'bench-tap-'));
const roundTrips = 10_000;
const megabyte = 1_000_000;
const volume = 200 * megabyte;

/** A server that answers each line with a line. */
const echo = [process.execPath, '-e', 'process.stdin.pipe(process.stdout)'];

/** A server that reads everything and answers at the end. */
const sink = [
  process.execPath,
  '-e',
  "let n=0;process.stdin.on('data',(c)=>{n+=c.length}).on('end',()=>process.stdout.write(n+'\\n'))",
];

let captures = 0;

function tapped(command: readonly string[], ...flags: readonly string[]): { command: string[]; capture: string } {
  const capture = join(folder, `${captures++}.guardtrace.jsonl`);
  return { command: [process.execPath, 'dist/cli.js', 'tap', '--out', capture, ...flags, '--', ...command], capture };
}

function start([file = '', ...args]: readonly string[]): Server {
  return spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Milliseconds of each round trip, after a few unmeasured ones. */
async function latencies(command: readonly string[]): Promise<readonly number[]> {
  const server = start(command);
  const message = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'read_file', arguments: { path: '/workspace/README.md', note: 'x'.repeat(300) } } })}\n`;
  const samples: number[] = [];
  let got = 0;
  let answered: () => void = () => undefined;
  server.stdout.on('data', (chunk: Buffer) => {
    got += chunk.length;
    if (got >= message.length) answered();
  });
  for (let at = -1000; at < roundTrips; at++) {
    got = 0;
    const answer = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const began = performance.now();
    server.stdin.write(message);
    await answer;
    if (at >= 0) samples.push(performance.now() - began);
  }
  server.stdin.end();
  await ended(server);
  return samples.sort((a, b) => a - b);
}

/** Seconds from the first byte until the server has read the last, and until the process has ended. */
async function throughput(command: readonly string[], message: Buffer): Promise<{ passed: number; ended: number }> {
  const server = start(command);
  const done = new Promise<void>((resolve) => {
    server.stdout.once('data', () => resolve());
  });
  // The server and the tap are up before the clock starts.
  await new Promise((resolve) => {
    setTimeout(resolve, 1500);
  });
  const began = performance.now();
  for (let sent = 0; sent < volume; sent += message.length) {
    if (server.stdin.write(message)) continue;
    await new Promise((resolve) => {
      server.stdin.once('drain', resolve);
    });
  }
  server.stdin.end();
  await done;
  const passed = (performance.now() - began) / 1000;
  await ended(server);
  return { passed, ended: (performance.now() - began) / 1000 };
}

function ended(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.on('close', () => resolve());
  });
}

function share(sorted: readonly number[], part: number): number {
  return sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
}

/** `measure` returns the milliseconds of the round trips of one run. */
async function compareLatency(
  transport: string,
  measure: (withTap: boolean) => Promise<readonly number[]>,
): Promise<void> {
  const rounds = { without: [] as number[], with: [] as number[] };
  // Measured in turns, so that other load on the machine affects both.
  for (let round = 0; round < 2; round++) {
    rounds.without.push(...(await measure(false)));
    rounds.with.push(...(await measure(true)));
  }
  const [without, withTap] = [rounds.without, rounds.with].map((samples) => samples.sort((a, b) => a - b));
  for (const [name, part] of [
    ['p50', 0.5],
    ['p90', 0.9],
    ['p99', 0.99],
  ] as const) {
    const [before, after] = [share(without ?? [], part), share(withTap ?? [], part)];
    const goal = name === 'p99' ? '  (goal: adds under 1 ms)' : '';
    console.log(
      `${transport}, round trip ${name}: ${ms(before)} without, ${ms(after)} with the tap: adds ${ms(after - before)}${goal}`,
    );
  }
}

async function compareHttpLatency(): Promise<void> {
  const server = await startHttpServer();
  const tap = await startHttpTap(server.url, join(folder, `${captures++}.guardtrace.jsonl`));
  try {
    await compareLatency('HTTP', (withTap) => httpLatencies(withTap ? tap.url : server.url, roundTrips));
  } finally {
    tap.stop();
    server.stop();
  }
}

async function compareThroughput(name: string, message: Buffer): Promise<void> {
  const rates = { plain: [] as number[], cat: [] as number[], tap: [] as number[] };
  let rest = 0;
  let complete = true;
  for (let round = 0; round < 3; round++) {
    rates.plain.push((await throughput(sink, message)).passed);
    rates.cat.push((await throughput(['sh', '-c', `cat | ${quoted(sink)}`], message)).passed);
    const { command, capture } = tapped(sink);
    const { passed, ended } = await throughput(command, message);
    rates.tap.push(passed);
    rest = ended - passed;
    complete &&= statSync(capture).size > volume;
    rmSync(capture);
  }
  const best = (seconds: readonly number[]): number => volume / megabyte / Math.min(...seconds);
  const [plain, cat, tap] = [best(rates.plain), best(rates.cat), best(rates.tap)];
  const part = (of: number): string => `${((100 * tap) / of).toFixed(0)} %`;
  console.log(
    `${name}: ${tap.toFixed(0)} MB/s with the tap, ${plain.toFixed(0)} without (${part(plain)}), ${cat.toFixed(0)} through cat (${part(cat)}; goal: 80 %); ` +
      `capture ${complete ? 'complete' : 'with content left out'}, written ${rest.toFixed(1)} s later`,
  );
}

function quoted(command: readonly string[]): string {
  return command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
}

function message(bytes: number): Buffer {
  return Buffer.from(
    `${JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'Some text. '.repeat(bytes / 11) }] } })}\n`,
  );
}

async function main(): Promise<void> {
  try {
    await compareLatency('stdio', (withTap) => latencies(withTap ? tapped(echo).command : echo));
    await compareHttpLatency();
    await compareThroughput('200 MB in messages of 100 kB', message(100_000));
    await compareThroughput('200 MB in messages of 2 kB', message(2_000));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
