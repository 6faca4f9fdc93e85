/** Trace files of other formats, empty, cut off or damaged: each problem is reported, and every valid line is read. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTraceFile } from '../../src/engine/traceFiles/traceFile.ts';
import { expectOrderly, expectRefused, guardscopeHere } from '../cli/run.ts';
import { expectLinear } from '../support/growth.ts';
import { samplePath } from '../support/samples.ts';
import { calls, file, guard, policy, removeFiles, trace, traceLines } from './support.ts';

afterAll(removeFiles);

function replay(path: string) {
  return guardscopeHere(['replay', path, '--guard', guard, '--policy', policy]);
}

describe('a file of another format', () => {
  const har = JSON.stringify({ log: { version: '1.2', creator: { name: 'browser' }, entries: [] } }, null, 2);
  const bare = '{"jsonrpc":"2.0","id":1,"method":"initialize"}\n';
  it.each<readonly [string, string | Uint8Array, string]>([
    ['archive.har', har, 'a HAR file'],
    ['notes.log', '2026-01-01 12:00:00 INFO started\n'.repeat(500), 'a text file without trace records'],
    [
      'list.json',
      '[\n  {"tool": "read_file"},\n  {"tool": "write_file"}\n]\n',
      'JSON without a trace record in its first lines',
    ],
    ['list-on-one-line.json', `[${bare.trim()},${bare.trim()}]`, 'bare JSON-RPC messages'],
    ['calls.csv', 'time,tool,outcome\n2026-01-01,read_file,allowed\n', 'a text file without trace record'],
    ['random.bin', new Uint8Array(100_000).map((_, at) => (at * 7919) % 256), 'a binary file'],
    ['photo.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13), 'a binary file'],
    ['messages.jsonl', bare, 'bare JSON-RPC messages'],
    ['trace.jsonl.gz', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), 'a gzip archive'],
    ['empty.jsonl', '', 'an empty file'],
    ['blank.jsonl', '\n\n  \n', 'an empty file'],
    ['policy.json', '{"allow-only":{"repos":"all","min-integrity":"none"}}', 'a guard policy'],
  ])('%s is refused with the name of its format', async (name, content, what) => {
    const path = file(name, content);
    expectRefused(await replay(path), 2, 'trace/unknown-format', `"${path}" is not a trace: it looks like ${what}`);
  });

  it('the text log of the gateway is refused with the name of the trace beside it', async () => {
    const path = samplePath('files-and-memory', 'gateway-log', 'mcp-gateway.log');
    expectRefused(await replay(path), 2, 'trace/unknown-format', "the gateway's text log", 'rpc-messages.jsonl');
  });

  it('a guard given as the trace is refused, and a trace given as the guard', async () => {
    expectRefused(await replay(guard), 2, 'trace/unknown-format', 'a WebAssembly module', 'as the guard of a trace');
    const swapped = await guardscopeHere(['replay', trace, '--guard', trace]);
    expectRefused(swapped, 3, 'guard/not-loaded', 'invalid magic number');
  });
});

describe('an unreadable trace', () => {
  it('is refused when it does not exist', async () => {
    expectRefused(await replay('/no/such/trace.jsonl'), 2, 'trace/unreadable', '"/no/such/trace.jsonl"', 'ENOENT');
  });

  it('is refused when it is a folder without a log of the gateway', async () => {
    const folder = join(dirname(file('x', '')), 'folder');
    mkdirSync(folder);
    expectRefused(
      await replay(folder),
      2,
      'trace/unreadable',
      `"${folder}" contains no rpc-messages.jsonl`,
      'log folder',
    );
    writeFileSync(join(folder, 'rpc-messages.jsonl'), '');
    expectRefused(await replay(folder), 2, 'trace/unknown-format', 'an empty file');
  });
});

describe('a trace without calls', () => {
  it('with only a header is replayed without calls', async () => {
    const run = await replay(file('header.guardtrace.jsonl', `${traceLines[0]}\n`));
    expectOrderly(run);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('0 calls: nothing to replay');
  });

  it('with a header that is cut off is reported and replayed without calls', async () => {
    const run = await replay(file('half.guardtrace.jsonl', traceLines[0]?.slice(0, 60) ?? ''));
    expectOrderly(run);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/half\.guardtrace\.jsonl:1: /);
  });

  it('with only a list of tools is replayed without calls', async () => {
    const run = await replay(file('list.guardtrace.jsonl', `${traceLines.slice(0, 4).join('\n')}\n`));
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0 });
  });
});

describe('broken lines', () => {
  const broken = [
    '{"t":1,"dir":"cli',
    'hello',
    '[]',
    '"text"',
    '{}',
    '\u0000\u0001',
    '{"t":"x","dir":"client","msg":7}',
  ];

  it('are reported with their line number, and all other lines are read', async () => {
    const middle = Math.floor(traceLines.length / 2);
    const path = file(
      'broken.guardtrace.jsonl',
      [...traceLines.slice(0, middle), ...broken, ...traceLines.slice(middle), ''].join('\n'),
    );
    const read = await readTraceFile(path);
    expect(read.calls).toHaveLength(calls);
    expect(read.calls.every(({ answer }) => answer !== undefined)).toBe(true);
    const lines = read.problems.filter(({ severity }) => severity !== 'info').map(({ position }) => position?.line);
    expect(new Set(lines)).toEqual(new Set(broken.map((_, at) => middle + at + 1)));
    for (const problem of read.problems) expect(problem.position?.file).toBe(path);
    const run = await replay(path);
    expectOrderly(run);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(`${calls} calls: 20 allowed, 5 filtered, 4 denied, 2 blocked, 1 error`);
    expect(run.stderr).toContain(`${path}:${middle + 1}: `);
  });

  it('at the end of a capture that was cut off cost only the last line', async () => {
    const content = `${traceLines.join('\n')}\n`;
    const path = file('cut.guardtrace.jsonl', content.slice(0, -40));
    const run = await replay(path);
    expectOrderly(run);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(`${calls} calls: `);
    expect(run.stderr).toContain(`${path}:${traceLines.length}: `);
  });

  it('take time linear in their number', async () => {
    const noise = (count: number) => {
      const path = file(
        `noise-${count}.guardtrace.jsonl`,
        [...traceLines, ...Array(count).fill('{"broken":')].join('\n'),
      );
      return () => readTraceFile(path);
    };
    await expectLinear(noise, 20_000);
  });

  it('are counted instead of listed when there are a hundred thousand', async () => {
    const path = file('noise.guardtrace.jsonl', [...traceLines, ...Array(100_000).fill('{"broken":')].join('\n'));
    const run = await replay(path);
    expectOrderly(run);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(`${calls} calls: `);
    expect(run.stderr.split('\n').length).toBeLessThan(400);
    expect(run.stderr).toContain('99999 more problems like this at line ');
  });
});
