/** The arguments that a tool marks for headers, and the headers of a call. */
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/base/json.ts';
import { KnownTools } from '../../../src/core/mcp/knownTools.ts';
import { methodRule } from '../../../src/core/mcp/gatewayMethods.ts';
import { paramHeaderPairs, paramHeadersOf } from '../../../src/core/mcp/paramHeaders.ts';
import { proves } from '../../support/proves.ts';

const marked = (name: JsonValue, type: JsonValue = 'string'): JsonObject => ({ type, 'x-mcp-header': name });
const schema = (properties: JsonObject): JsonObject => ({ type: 'object', properties });

describe('the marks of a schema', () => {
  it('are found at any depth, and belong to the value at their path', () => {
    const found = paramHeadersOf(
      schema({ region: marked('Region'), plain: { type: 'string' }, at: schema({ zone: marked('Zone', 'integer') }) }),
    );
    expect(paramHeaderPairs(found ?? [], { region: 'eu', plain: 'x', at: { zone: 7 } })).toEqual([
      ['Mcp-Param-Region', 'eu'],
      ['Mcp-Param-Zone', '7'],
    ]);
  });

  it.each<[string, JsonValue | undefined]>([
    ['a schema without properties', { type: 'object' }],
    ['no schema', undefined],
    ['a type that is not a string beside an invalid mark', schema({ a: marked(''), b: { type: ['string', 'null'] } })],
    ['a property that is not an object', schema({ ok: marked('Ok'), a: true })],
    ['several types', schema({ ok: marked('Ok'), a: marked('A', ['string', 'null']) })],
  ])('are none for %s, which the SDK cannot read', (_what, input) => {
    expect(paramHeadersOf(input)).toEqual([]);
  });

  it.each<[string, JsonValue | undefined]>([
    ['an empty name', schema({ ok: marked('Ok'), a: marked('') })],
    ['a name that ends the header', schema({ ok: marked('Ok'), a: marked('A\r\nX-Evil: 1') })],
    ['a name that is not a string', schema({ ok: marked('Ok'), a: marked(null) })],
    ['two names that differ in case', schema({ a: marked('Ok'), b: schema({ c: marked('OK') }) })],
    ['a type that has no header', schema({ ok: marked('Ok'), a: marked('A', 'number') })],
    ['no type', schema({ a: { 'x-mcp-header': 'A' } })],
  ])('are not valid for %s', (_what, input) => {
    expect(paramHeadersOf(input)).toBeNull();
  });

  it('are none for a schema that is nested deeper than any real one', () => {
    let nested: JsonObject = schema({ a: marked('Deep') });
    for (let depth = 0; depth < 100_000; depth++) nested = schema({ a: nested });
    expect(paramHeadersOf(nested)).toEqual([]);
  });
});

describe('the header of an argument', () => {
  const one = paramHeadersOf(schema({ v: marked('V') }));
  it.each<[JsonValue | undefined, string | null]>([
    ['', ''],
    ['ü', 'ü'],
    [true, 'true'],
    [-0, '0'],
    [2 ** 53 - 1, '9007199254740991'],
    [2 ** 53, null],
    [1.5, null],
    [null, null],
    [['x'], null],
    [undefined, null],
  ])('of %j is %j', (value, text) => {
    const args: JsonObject = value === undefined ? {} : { v: value };
    expect(paramHeaderPairs(one ?? [], args)).toEqual(text === null ? [] : [['Mcp-Param-V', text]]);
  });

  it('is not taken from what every object inherits', () => {
    const inherited = paramHeadersOf(schema({ constructor: schema({ name: marked('Name') }) }));
    expect(paramHeaderPairs(inherited ?? [], {})).toEqual([]);
    expect(paramHeaderPairs(inherited ?? [], 'text')).toEqual([]);
  });

  it('is known for the tools of the last list', () => {
    const tools = new KnownTools();
    const list = (name: string): JsonObject => ({ tools: [{ name, inputSchema: schema({ v: marked('V') }) }] });
    tools.page(undefined, { ...list('one'), nextCursor: '2' });
    tools.page('2', list('two'));
    expect([tools.paramHeaders('one', { v: 'x' }), tools.paramHeaders('two', { v: 'x' })]).toEqual([
      [['Mcp-Param-V', 'x']],
      [['Mcp-Param-V', 'x']],
    ]);
    tools.page(undefined, list('three'));
    expect(tools.paramHeaders('one', { v: 'x' })).toEqual([]);
  });
});

describe('a tool with a mark that is not valid', () => {
  const tool = (name: string, mark: JsonValue): JsonObject => ({ name, inputSchema: schema({ v: marked(mark) }) });
  const listed = { tools: [tool('good', 'V'), tool('bad', 'a b'), { name: 'plain' }] };

  it('is not in the list that the client of an enforcing tap gets', () => {
    proves('own:invalid-marks');
    const rule = methodRule('tools/list', null);
    const { tools } = rule.kind === 'forward' ? rule.result(listed) : {};
    expect((tools as readonly JsonObject[]).map(({ name }) => name)).toEqual(['good', 'plain']);
  });

  it('is unknown, as at the gateway', () => {
    const tools = new KnownTools();
    tools.page(undefined, listed);
    expect(['good', 'bad', 'plain'].map((name) => tools.lacks(name))).toEqual([false, true, false]);
  });
});
