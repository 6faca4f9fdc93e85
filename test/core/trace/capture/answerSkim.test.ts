/** Answers that are recognised by their bytes equal the answers of the full parser, for any line. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import { classifyFrame } from '../../../../src/core/mcp/message.ts';
import { redactedMark } from '../../../../src/core/trace/gatewayLog/sanitizer.ts';
import { skimAnswer } from '../../../../src/core/trace/capture/answerSkim.ts';
import { gatewayAnswer } from '../../../../src/core/trace/capture/nativeAnswer.ts';
import { parseNativeLine } from '../../../../src/core/trace/capture/nativeLine.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const skim = (text: string) => skimAnswer(bytesOf(text));

/** The result of the full parser; null when the line is not a plain answer of a server. */
function read(text: string) {
  const record = parseNativeLine(text);
  if (record.kind !== 'message' || record.from !== 'server' || record.overflow !== null) return null;
  const [message, ...more] = classifyFrame(record.msg);
  if (message?.kind !== 'response' || more.length > 0 || Array.isArray(record.msg)) return null;
  if (gatewayAnswer(message.body).error !== undefined) return null;
  const redacted = record.redacted || text.includes(redactedMark);
  const { t, session, exchange, byGuard } = record;
  return { t, session, exchange, redacted, byGuard, id: message.id };
}

const ordinary =
  '{"t":12.5,"dir":"server","msg":{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"a"}]}}}';
const withResult = (result: string): string =>
  `{"t":1,"dir":"server","msg":{"jsonrpc":"2.0","id":7,"result":${result}}}`;

describe('an ordinary answer', () => {
  it.each([
    ordinary,
    '{"t":0,"dir":"server","msg":{"result":{"content":[]},"jsonrpc":"2.0","id":"a-b_c"}}',
    '{"t":1234567.891,"dir":"server","session":"0a1b","msg":{"id":0,"result":{}}}',
    '{"t":1,"dir":"server","session":"0a1b","exchange":12,"msg":{"id":0,"result":{}}}',
    '{"t":1,"dir":"server","exchange":3,"by":"guard","for":3,"msg":{"id":0,"result":{}}}',
    '{"t":1,"dir":"server","session":"s","by":"guard","for":3,"redacted":2,"msg":{"jsonrpc":"2.0","id":7,"result":{}}}',
    '{"t":1,"dir":"server","by":"guard","for":"x","msg":{ "jsonrpc" : "2.0" , "id" : 7 , "result" : { } }}',
    withResult(
      '{"content":[{"type":"text","text":"\\n\\"\\u00fcü🦀"},{"text":"","type":"text"}],"isError":false,"_meta":{"k":[]}}',
    ),
    withResult('{"content":[],"structuredContent":{"a":[1,-2.5,true,false,null,{"b":{}},[],""]},"isError":true}'),
    withResult('{"structuredContent":"text"}'),
    withResult('{"content":[{"type":"text","text":"[a], «b», [Red]"}]}'),
  ])('is recognised: %s', (text) => {
    const found = skim(text);
    expect(found).not.toBeNull();
    expect(found).toEqual(read(text));
  });
});

describe('any other line', () => {
  it.each<readonly [string, string]>([
    ['a request', '{"t":1,"dir":"server","msg":{"jsonrpc":"2.0","id":7,"method":"ping"}}'],
    ['a request with a result', '{"t":1,"dir":"server","msg":{"id":7,"method":"ping","result":{}}}'],
    ['the client', '{"t":1,"dir":"client","msg":{"jsonrpc":"2.0","id":7,"result":{}}}'],
    ['an error', '{"t":1,"dir":"server","msg":{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"no"}}}'],
    ['an error beside a result', '{"t":1,"dir":"server","msg":{"id":7,"result":{},"error":null}}'],
    ['a batch', '{"t":1,"dir":"server","msg":[{"jsonrpc":"2.0","id":7,"result":{}}]}'],
    ['no id', '{"t":1,"dir":"server","msg":{"jsonrpc":"2.0","result":{}}}'],
    ['an id that is null', '{"t":1,"dir":"server","msg":{"jsonrpc":"2.0","id":null,"result":{}}}'],
    ['an escaped id', '{"t":1,"dir":"server","msg":{"jsonrpc":"2.0","id":"\\u0061","result":{}}}'],
    ['two ids', '{"t":1,"dir":"server","msg":{"id":7,"result":{},"id":8}}'],
    ['two results', '{"t":1,"dir":"server","msg":{"id":7,"result":{},"result":{}}}'],
    ['two contents', withResult('{"content":[],"content":[{"type":"text","text":""}]}')],
    ['a result that is not an object', withResult('[]')],
    ['an image', withResult('{"content":[{"type":"image","data":"","mimeType":"image/png"}]}')],
    ['a text without text', withResult('{"content":[{"type":"text"}]}')],
    ['annotations', withResult('{"content":[{"type":"text","text":"a","annotations":{"priority":"high"}}]}')],
    ['a member that Go reads differently', withResult('{"isError":"yes"}')],
    ['_meta that is not an object', withResult('{"_meta":[]}')],
    ['a number that overflows', withResult('{"structuredContent":[1e400]}')],
    ['a number with many digits', withResult(`{"structuredContent":[${'9'.repeat(400)}]}`)],
    ['deep nesting', withResult(`{"structuredContent":${'['.repeat(10_001)}${']'.repeat(10_001)}}`)],
    ['a mark of redaction', withResult('{"content":[{"type":"text","text":"Bearer [REDACTED]"}]}')],
    ['a control character', withResult('{"content":[{"type":"text","text":"\u0001"}]}')],
    ['a bad escape', withResult('{"content":[{"type":"text","text":"\\x"}]}')],
    ['a bad unicode escape', withResult('{"content":[{"type":"text","text":"\\u00g0"}]}')],
    ['a leading zero', withResult('{"structuredContent":01}')],
    ['a bare minus', withResult('{"structuredContent":-}')],
    ['a bare fraction', withResult('{"structuredContent":1.}')],
    ['an excess comma', withResult('{"structuredContent":[1,]}')],
    ['a missing member', withResult('{"structuredContent":{"a":1,}}')],
    ['a bracket in place of a brace', withResult('{"structuredContent":{"a":1]}')],
    ['a wrong word', withResult('{"structuredContent":nul}')],
    ['text after the line', `${ordinary} `],
    ['text after the message', '{"t":1,"dir":"server","msg":{"id":7,"result":{}},"x":1}'],
    ['a time that is not a number', '{"t":01,"dir":"server","msg":{"id":7,"result":{}}}'],
  ])('is left to the full parser: %s', (_name, text) => {
    expect(skim(text)).toBeNull();
  });

  it('is left to the full parser when it is cut anywhere', () => {
    for (let end = 0; end < ordinary.length; end++) expect(skim(ordinary.slice(0, end))).toBeNull();
  });
});

it('equals the answer of the full parser, for any values and any changed bytes', () => {
  let recognised = 0;
  const anyString = fc.string({ unit: 'binary' });
  const values = [anyString, fc.integer(), fc.boolean(), fc.constant(null), fc.constant(0.25)];
  const anyJson = fc.anything({ values, key: anyString, maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
  const text = fc.oneof({ weight: 40, arbitrary: anyString }, { weight: 1, arbitrary: fc.constant('[REDACTED]') });
  const texts = fc.array(fc.record({ type: fc.constant('text'), text }));
  const result = fc.record(
    { content: texts, structuredContent: anyJson, isError: fc.boolean(), _meta: fc.dictionary(anyString, anyJson) },
    { requiredKeys: [] },
  );
  const change = fc.record({ at: fc.nat(), byte: fc.oneof(fc.constantFrom(...bytesOf('"\\{}[],:0-eR')), fc.nat(255)) });
  const id = fc.oneof(fc.nat(), fc.string({ unit: 'grapheme-ascii' }), fc.double(), fc.constant(null));
  const space = fc.constantFrom(undefined, 1);
  fc.assert(
    fc.property(id, result, space, fc.array(change, { maxLength: 1 }), (id, result, space, changes) => {
      const msg = JSON.stringify({ jsonrpc: '2.0', id, result }, null, space).replaceAll('\n', ' ');
      const bytes = bytesOf(`{"t":1.5,"dir":"server","msg":${msg}}`);
      for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
      const found = skimAnswer(bytes);
      if (found === null) return;
      recognised++;
      expect(found).toEqual(read(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)));
    }),
    { numRuns: 1500, seed: 1 },
  );
  expect(recognised).toBeGreaterThan(150);
});
