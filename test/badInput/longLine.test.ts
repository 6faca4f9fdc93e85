/** Very long lines are read up to a limit; longer ones are reported, and the rest of the trace loads. */
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { maxLineBytes } from '../../src/core/base/lines.ts';
import { readTraceFile } from '../../src/engine/traceFiles/traceFile.ts';
import { expectOrderly, guardscope } from '../cli/run.ts';
import { expectLinear } from '../support/growth.ts';
import { patiently } from '../support/patience.ts';
import { calls, file, guard, policy, removeFiles, traceLines } from './support.ts';

afterAll(removeFiles);

const megabyte = 1_000_000;
const half = traceLines.length >> 1;

/** The sample capture with one more call in its middle, whose answer has that many bytes. */
function withLongAnswer(name: string, bytes: number): string {
  const path = file(name, `${traceLines.slice(0, half).join('\n')}\n`);
  const out = openSync(path, 'a');
  try {
    const request = '{"name":"read_text_file","arguments":{"path":"/workspace/docs/handbook.md"}}';
    writeSync(
      out,
      `{"t":900,"dir":"client","msg":{"jsonrpc":"2.0","id":900,"method":"tools/call","params":${request}}}\n`,
    );
    writeSync(
      out,
      '{"t":901,"dir":"server","msg":{"jsonrpc":"2.0","id":900,"result":{"content":[{"type":"text","text":"',
    );
    for (let left = bytes; left > 0; left -= megabyte) writeSync(out, 'x'.repeat(Math.min(left, megabyte)));
    writeSync(out, '"}]}}}\n');
    writeSync(out, `${traceLines.slice(half).join('\n')}\n`);
  } finally {
    closeSync(out);
  }
  return path;
}

describe('a line of 50 MB', () => {
  const path = withLongAnswer('fifty.guardtrace.jsonl', 50 * megabyte);

  it('is read, and so is everything else', async () => {
    const before = process.memoryUsage().rss;
    const trace = await readTraceFile(path);
    const grown = process.memoryUsage().rss - before;
    expect(trace.calls).toHaveLength(calls + 1);
    expect(trace.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const long = trace.calls.find(({ answer }) => JSON.stringify(answer?.result ?? '').length > 50 * megabyte);
    expect(long?.tool).toBe('read_text_file');
    expect(grown).toBeLessThan(12 * statSync(path).size);
  });

  it('is read from the file on demand in a long trace', async () => {
    const trace = await readTraceFile(path, { keepInFileFrom: 0 });
    expect(trace.calls).toHaveLength(calls + 1);
    const long = trace.calls.find(({ answer }) => JSON.stringify(answer?.result ?? '').length > 50 * megabyte);
    expect(long?.tool).toBe('read_text_file');
  });

  it('exceeds the input limit of a guard in a replay, and other calls are not affected', async () => {
    const run = await guardscope(['replay', path, '--guard', guard, '--policy', policy], {
      limitMs: patiently(60_000),
    });
    expectOrderly(run);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(
      new RegExp(`^${calls + 1} calls: 20 allowed, 5 filtered, 4 denied, 2 blocked, 2 error`, 'm'),
    );
    expect(run.stdout).toContain('8388608');
  });
});

it('a long line takes time linear in its length', async () => {
  await expectLinear((size) => {
    const path = withLongAnswer(`long-${size}.guardtrace.jsonl`, size);
    return () => readTraceFile(path);
  }, 16 * megabyte);
});

describe('a line over the limit', () => {
  it('is reported with its length, and the rest loads', async () => {
    const path = withLongAnswer('seventy.guardtrace.jsonl', 70 * megabyte);
    const trace = await readTraceFile(path);
    expect(trace.calls.filter(({ answer }) => answer !== undefined)).toHaveLength(calls);
    const problem = trace.problems.find(({ code }) => code === 'trace/line-too-long');
    expect(problem).toMatchObject({ severity: 'error', position: { file: path, line: half + 2 } });
    expect(problem?.message).toMatch(/^This line of 7\d{7} bytes was skipped/);
    expect(maxLineBytes).toBeLessThan(70 * megabyte);
  });

  it('is not a trace when it is alone in a file', async () => {
    const path = file('one.jsonl', Buffer.alloc(80 * megabyte, 0x7b));
    const run = await guardscope(['replay', path, '--guard', guard]);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('[trace/');
  });
});
