/**
 * Reads and replays traces far larger than real sessions, and prints the time and the memory.
 * `--megabytes N` (default 1000) and `--trace NAME` (default all) choose them; exit code 1 when the memory exceeded its limit. Needs the
 * size of a trace in the temporary folder.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { check, fail, finish, numberOption } from './support/checks.ts';
import { buildCli, scratchFolder } from './support/product.ts';

/** A kind of trace: its name, the length of its answers, and the function that makes the lines of a call. */
interface Kind {
  readonly name: string;
  readonly answerBytes: number;
  readonly line: (call: number, answerBytes: number) => string;
}

const megabyte = 1_000_000;
const bytesWanted = numberOption('megabytes', 1000) * megabyte;
const only = process.argv.includes('--trace') ? process.argv[process.argv.indexOf('--trace') + 1] : undefined;
const folder = scratchFolder('traces');
const cli = await buildCli();

/** One row per trace: the length of its answers, and whether it is a gateway's log or a capture. */
const traces: readonly Kind[] = [
  { name: 'gateway-4kB', answerBytes: 4_000, line: gatewayPair },
  { name: 'gateway-200kB', answerBytes: 200_000, line: gatewayPair },
  { name: 'native-200kB', answerBytes: 200_000, line: nativePair },
  { name: 'native-4kB', answerBytes: 4_000, line: nativePair },
];

/**
 * Memory limit of a run: the program with its buffers, the answers in the cassette, and the row of each call. Other answers stay in the
 * file.
 */
const baseBytes = 300 * megabyte;
const bytesPerCall = 2500;
/** Heap limit for the same without buffers. With a larger heap, garbage is collected later. */
const heapBytes = 100 * megabyte;

/** A server without calls, so that the run ends after reading the trace. */
const runs = [
  { what: 'read', flags: ['--server', 'no-such-server'] },
  { what: 'read and replay', flags: ['--json'] },
];

console.log('trace            size        calls   what              time     rate       peak memory');
for (const trace of traces.filter(({ name }) => name === (only ?? name))) {
  const file = join(folder, `${trace.name}${trace.line === nativePair ? '.guardtrace' : ''}.jsonl`);
  const calls = generate(file, trace);
  const { size } = statSync(file);
  for (const { what, flags } of runs) {
    const run = await measure(calls, ['replay', file, '--guard', 'noop', ...flags]);
    const rate = `${(size / megabyte / run.seconds).toFixed(0)} MB/s`;
    const cells = [
      trace.name.padEnd(15),
      `${(size / megabyte).toFixed(0)} MB`.padStart(8),
      String(calls).padStart(10),
      `  ${what.padEnd(16)}`,
      `${run.seconds.toFixed(1)} s`.padStart(8),
      rate.padStart(10),
      `${(run.peakBytes / megabyte).toFixed(0)} MB`.padStart(10),
    ];
    console.log(cells.join(' '));
    if (what === 'read') check(run.stderr.includes('[trace/no-such-server]'), `the trace was not read: ${run.stderr}`);
    else check(run.lines === calls, `${run.lines} of ${calls} calls were replayed: ${run.stderr}`);
    const isBounded = run.peakBytes <= baseBytes + calls * bytesPerCall;
    if (!isBounded) fail(`${trace.name}: the memory grows with more than the number of calls`);
  }
  rmSync(file);
}
finish();

/** Writes calls until the file has the wanted length; returns their number. */
function generate(file: string, { answerBytes, line }: Kind): number {
  const out = openSync(file, 'w');
  try {
    let written = 0;
    let calls = 0;
    if (line === nativePair) {
      written += writeSync(
        out,
        '{"schema":"guardscope-trace/1","start":"2026-01-02T03:04:05.678Z","server":"files"}\n',
      );
    }
    while (written < bytesWanted) {
      let block = '';
      for (let at = 0; at < Math.max(1, Math.floor(megabyte / answerBytes)); at++) block += line(calls++, answerBytes);
      written += writeSync(out, block);
    }
    return calls;
  } finally {
    closeSync(out);
  }
}

function gatewayPair(call: number, answerBytes: number): string {
  const time = new Date(1_767_323_045_678 + call * 1000);
  const record = (event: string, direction: string, method: string, payload: string, ms: number): string =>
    `{"timestamp":"${new Date(time.getTime() + ms).toISOString()}","event":"${event}","_schema":"rpc-message/v2","direction":"${direction}","server_id":"files",${method}"payload":${payload}}\n`;
  const params = `{"name":"read_file","arguments":{"path":"/workspace/${call}.md"}}`;
  const request = `{"jsonrpc":"2.0","method":"tools/call","params":${params}}`;
  return (
    record('rpc_request', 'OUT', '"method":"tools/call",', request, 0) +
    record('rpc_response', 'IN', '', `{"jsonrpc":"2.0","id":1,"result":${result(call, answerBytes)}}`, 20)
  );
}

function nativePair(call: number, answerBytes: number): string {
  const params = `{"name":"read_file","arguments":{"path":"/workspace/${call}.md"}}`;
  const request = `{"jsonrpc":"2.0","id":${call},"method":"tools/call","params":${params}}`;
  const answer = `{"jsonrpc":"2.0","id":${call},"result":${result(call, answerBytes)}}`;
  return `{"t":${call * 1000},"dir":"client","msg":${request}}\n{"t":${call * 1000 + 20},"dir":"server","msg":${answer}}\n`;
}

function result(call: number, answerBytes: number): string {
  const text = `Call ${call}. `.repeat(Math.ceil(answerBytes / 12)).slice(0, answerBytes);
  return `{"content":[{"type":"text","text":"${text}"}]}`;
}

/** Time and memory of a run. */
interface Measured {
  readonly lines: number;
  readonly stderr: string;
  readonly peakBytes: number;
  readonly seconds: number;
}

/** Runs the command line and watches the peak of its resident memory (Linux; elsewhere it stays 0). */
function measure(calls: number, args: readonly string[]): Promise<Measured> {
  const began = performance.now();
  const heap = `--max-old-space-size=${Math.ceil((heapBytes + calls * bytesPerCall) / megabyte)}`;
  const child = spawn(process.execPath, [heap, cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let lines = 0;
  let stderr = '';
  let peakBytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 0x0a) lines++;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const timer = setInterval(() => {
    try {
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
      if (peak !== null) peakBytes = Math.max(peakBytes, Number(peak[1]) * 1024);
    } catch {
      // The process has ended, or the system has no `/proc`.
    }
  }, 50);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(timer);
      resolve({ lines, stderr, peakBytes, seconds: (performance.now() - began) / 1000 });
    });
  });
}
