/** The counts of a live session: correct after every append, wherever the appends are cut. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallCounter, CaptureGrowth } from '../../../src/engine/captureHome/captureGrowth.ts';

const call = (id: number): string =>
  `{"t":1,"dir":"client","msg":{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"x"}}}\n`;
const others = [
  '{"schema":"guardscope-trace/1","server":"tools/call"}\n',
  '{"t":1,"dir":"client","msg":{"jsonrpc":"2.0","id":1,"method":"tools/list"}}\n',
  '{"t":1,"dir":"server","msg":{"jsonrpc":"2.0","id":1,"result":{"x":"tools/call","method":"tools/call"}}}\n',
  '{"t":1,"dir":"client","by":"guard","msg":{"jsonrpc":"2.0","id":"guardscope-1","method":"tools/call"}}\n',
  '{"t":1,"event":"exit","code":0}\n',
];
const late = `{"t":1,"dir":"client","msg":{"params":{"text":"${'x'.repeat(5000)}"},"id":9,"method":"tools/call"}}\n`;

describe('counting calls', () => {
  it('counts the calls of the client and nothing else', () => {
    const counter = new CallCounter();
    for (const line of [...others, call(1), late, ...others, call(2)]) counter.push(Buffer.from(line));
    expect(counter.calls).toBe(3);
  });

  it.each([1, 2, 3, 7, 11, 12, 13, 64, 300, 4096])('counts the same in pieces of %i bytes', (size) => {
    const bytes = Buffer.from([...others, call(1), late, call(2), ...others].join(''));
    const counter = new CallCounter();
    for (let at = 0; at < bytes.length; at += size) counter.push(bytes.subarray(at, at + size));
    expect(counter.calls).toBe(3);
  });

  it('counts a call when its line is complete', () => {
    const counter = new CallCounter();
    counter.push(Buffer.from(call(1).trimEnd()));
    expect(counter.calls).toBe(0);
    counter.push(Buffer.from('\n'));
    expect(counter.calls).toBe(1);
  });
});

describe('the growth of a capture', () => {
  let scratch = '';
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'guardscope-growth-'));
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('is that of the file, also after the file is truncated or deleted', async () => {
    const file = join(scratch, 'a.guardtrace.jsonl');
    const growth = new CaptureGrowth(file);
    expect(await growth.look()).toEqual({ bytes: 0, calls: 0 });
    writeFileSync(file, call(1));
    expect(await growth.look()).toEqual({ bytes: call(1).length, calls: 1 });
    appendFileSync(file, call(2) + call(3));
    expect((await growth.look()).calls).toBe(3);
    expect((await growth.look()).calls).toBe(3);
    writeFileSync(file, call(4));
    expect(await growth.look()).toEqual({ bytes: call(4).length, calls: 4 });
    rmSync(file);
    expect((await growth.look()).calls).toBe(4);
  });
});
