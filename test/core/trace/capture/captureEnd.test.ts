/** What a reader says about a capture whose end is missing. */
import { describe, expect, it } from 'vitest';
import { TraceReader } from '../../../../src/core/trace/reader.ts';
import { proves } from '../../../support/proves.ts';

const header = (endMark?: boolean): string =>
  JSON.stringify({ schema: 'guardscope-trace/1', tool: 't', start: '2026-11-23T00:00:00Z', server: 's', endMark });
const call = '{"t":1,"dir":"client","msg":{"jsonrpc":"2.0","method":"notifications/initialized"}}';
const exit = '{"t":2,"event":"exit","code":0,"signal":null}';

function problems(...lines: readonly string[]) {
  const reader = new TraceReader({ file: '/t.guardtrace.jsonl' });
  reader.push(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  return reader.end().problems;
}

describe('a capture', () => {
  it.each([
    ['the exit of its server', [header(true), call, exit]],
    ['the kill of its tap', [header(true), call, '{"t":2,"event":"tap-killed"}']],
  ])('is complete with %s', (_what, lines) => {
    expect(problems(...lines).filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('without its end has a problem with the next step', () => {
    proves('own:missing-end-is-reported');
    expect(problems(header(true), call)).toMatchObject([{ severity: 'warning', code: 'trace/no-end' }]);
  });

  it('that was imported or written before there were end marks has no such problem', () => {
    expect(problems(header(), call)).toEqual([]);
  });

  it('whose tap went on without it says so at that line', () => {
    const found = problems(header(true), call, '{"t":2000,"event":"recording-lost"}');
    expect(found).toMatchObject([{ code: 'trace/recording-lost', position: { line: 3 } }]);
    expect(found[0]?.message).toContain('after 2026-11-23T00:00:02.000Z');
  });

  it('that another recording was appended to is judged recording by recording', () => {
    const codes = (...lines: readonly string[]) =>
      problems(...lines).map(({ code, position }) => [code, position?.line]);
    expect(codes(header(true), call, header(true), call, exit)).toEqual([
      ['trace/second-header', 3],
      ['trace/no-end', 3],
    ]);
    expect(codes(header(true), exit, header(true), call)).toEqual([
      ['trace/second-header', 3],
      ['trace/no-end', undefined],
    ]);
  });
});
