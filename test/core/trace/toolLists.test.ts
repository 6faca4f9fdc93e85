/** The answers to `tools/list` of a trace: read from captures and gateway logs, and found by line. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listedBefore } from '../../../src/core/trace/model/toolList.ts';
import { readTrace } from '../../../src/core/trace/reader.ts';
import { cannedTrace } from '../../support/guards/cannedGuard.ts';
import { samplePath } from '../../support/samples.ts';

const tools = [
  { name: 'read_file', annotations: { readOnlyHint: true } },
  { name: 'delete_file', annotations: { readOnlyHint: false, destructiveHint: true } },
  { name: 'plain' },
  { title: 'no name' },
  { name: 'odd', annotations: { readOnlyHint: 'yes' } },
];
const listed = [
  { name: 'read_file', readOnly: true, destructive: null },
  { name: 'delete_file', readOnly: false, destructive: true },
  { name: 'plain', readOnly: null, destructive: null },
  { name: 'odd', readOnly: null, destructive: null },
];

it('are read from a capture, with their line', () => {
  const trace = readTrace(Buffer.from(cannedTrace([{}], tools)));
  expect(trace.toolLists).toEqual([{ server: 's', line: 3, tools: listed }]);
  expect(readTrace(Buffer.from(cannedTrace([{}]))).toolLists).toBeUndefined();
});

it('are read from a gateway log', () => {
  const log = readFileSync(samplePath('files-and-memory', 'gateway-log', 'rpc-messages.jsonl'));
  const lists = readTrace(log).toolLists ?? [];
  const found = lists.flatMap((list) => list.tools).find(({ name }) => name === 'write_file');
  expect(found).toEqual({ name: 'write_file', readOnly: false, destructive: true });
});

it('are found in the latest list of the server before a line', () => {
  const list = (line: number, readOnly: boolean, server = 's') => ({
    server,
    line,
    tools: [{ name: 't', readOnly, destructive: null }],
  });
  const lists = [list(2, true), list(6, false), list(7, true, 'other')];
  expect(listedBefore(lists, { server: 's', tool: 't', requestLine: 2 })).toBeNull();
  expect(listedBefore(lists, { server: 's', tool: 't', requestLine: 5 })?.readOnly).toBe(true);
  expect(listedBefore(lists, { server: 's', tool: 't', requestLine: 9 })?.readOnly).toBe(false);
  expect(listedBefore(lists, { server: 's', tool: 'unknown', requestLine: 9 })).toBeNull();
});
