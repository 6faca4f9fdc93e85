/** Server-sent events, cut anywhere: every byte is passed on, in whole events. */
import { expect, test } from 'vitest';
import { EventSplitter, eventOf } from '../../../../src/engine/tap/http/eventSplitter.ts';

interface Split {
  readonly events: readonly { readonly name: string; readonly data: string }[];
  readonly bytes: string;
  readonly unseen: string;
}

function split(pieces: readonly string[], limit = 1000): Split {
  const events: { name: string; data: string }[] = [];
  const [all, unseen]: [string[], string[]] = [[], []];
  const splitter = new EventSplitter(
    limit,
    ({ raw, name, data }) => {
      events.push({ name, data: data.toString() });
      all.push(raw.toString('latin1'));
    },
    (bytes) => {
      unseen.push(bytes.toString('latin1'));
      all.push(bytes.toString('latin1'));
    },
  );
  for (const piece of pieces) splitter.push(Buffer.from(piece));
  all.push(splitter.end().toString('latin1'));
  return { events, bytes: Buffer.from(all.join(''), 'latin1').toString(), unseen: unseen.join('') };
}

const stream = [
  ': comment\n\n',
  'event: message\nid: 1\ndata: {"ü":1}\n\n',
  'data: a\r\ndata:b\r\ndata:  c\r\n\r\n',
  'retry: 5\r\rdata: mac\r\r',
  'event: endpoint\ndata: /m\n\n',
].join('');

const found = [
  { name: 'message', data: '' },
  { name: 'message', data: '{"ü":1}' },
  { name: 'message', data: 'a\nb\n c' },
  { name: 'message', data: '' },
  { name: 'message', data: 'mac' },
  { name: 'endpoint', data: '/m' },
];

test('events may have any line end, with names and data', () => {
  expect(split([stream])).toEqual({ events: found, bytes: stream, unseen: '' });
});

test('events are the same wherever the stream is cut', () => {
  for (let at = 1; at < stream.length; at++) {
    const { events, bytes } = split([stream.slice(0, at), stream.slice(at)]);
    expect(bytes).toBe(stream);
    expect(events.filter(({ data }) => data !== '')).toEqual(found.filter(({ data }) => data !== ''));
  }
});

test('events are the same when they come byte by byte', () => {
  const { events, bytes } = split(Array.from(stream));
  expect(bytes).toBe(stream);
  expect(events.filter(({ data }) => data !== '')).toEqual(found.filter(({ data }) => data !== ''));
});

test('a byte order mark is not a part of the first field', () => {
  const { events, bytes } = split(['\uFEFFdata: a\n\n', 'data: b\n\n']);
  expect(events.map(({ data }) => data)).toEqual(['a', 'b']);
  expect(bytes).toBe('\uFEFFdata: a\n\ndata: b\n\n');
});

test('an event beyond the limit is passed on unseen, up to its end and no further', () => {
  const long = `data: ${'x'.repeat(50)}\n\n`;
  const { events, bytes, unseen } = split(['data: a\n\n', long.slice(0, 30), long.slice(30), 'data: b\n\n'], 20);
  expect(events.map(({ data }) => data)).toEqual(['a', 'b']);
  expect(bytes).toBe(`data: a\n\n${long}data: b\n\n`);
  expect(unseen).toBe(long);
});

test('a rest without a blank line is not an event', () => {
  expect(split(['data: a\n\ndata: b\n'])).toMatchObject({ events: [{ data: 'a' }], bytes: 'data: a\n\ndata: b\n' });
});

test('a message of several lines is one event', () => {
  const { events } = split([eventOf(Buffer.from('{\r\n"a":\n1}')).toString()]);
  expect(events).toEqual([{ name: 'message', data: '{\n"a":\n1}' }]);
});
