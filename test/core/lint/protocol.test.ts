/** Mistakes in the output protocol and in look-ups are reported at the guard call; right use of both is not. */
import { describe, expect, it } from 'vitest';
import type { BackendCallRecord, GuardCallRecord } from '../../../src/core/difc/record/guardCall.ts';
import { lintCall } from '../../../src/core/lint/lintCall.ts';
import { decision, guardCall } from '../../support/records/decisions.ts';
import { proves } from '../../support/proves.ts';

const size = 4_194_304;
const json = '{"resource":{},"operation":"read"}';
const memory = { before: 5_308_416, after: 5_308_416, peak: 5_308_416 };

type Patch = Partial<GuardCallRecord>;

/** A call that returned `code`; null as output when the gateway could not read it. */
function returned(code: number, output: string | null, bufferSize = size): Patch {
  return { attempts: [{ bufferSize, code, hint: null }], output, memory };
}

function tooSmall(...hints: readonly (number | null)[]): Patch {
  return {
    attempts: [
      ...hints.map((hint) => ({ bufferSize: size, code: -2, hint })),
      { bufferSize: 2 * size, code: json.length, hint: null },
    ],
    output: json,
  };
}

function lookup(patch: Partial<BackendCallRecord> = {}): BackendCallRecord {
  return {
    tool: 'get_file',
    args: { path: 'a' },
    reached: true,
    code: 10,
    end: 'answered',
    resultText: '{"a":1234}',
    error: null,
    capacity: 64,
    attempt: 0,
    atMs: 0,
    durationMs: 0,
    ...patch,
  };
}

const short = { code: -2, end: 'too-small', capacity: 8 } as const;
const over = { code: -1, end: 'over-limit', reached: false, resultText: null } as const;
const utf16 = json.replaceAll(/./g, (char) => `${char}\0`);

function codesAndMessages(patch: Patch): readonly (readonly [string, string])[] {
  return lintCall(decision({ guardCalls: [guardCall(patch)] })).map(({ code, message }) => [
    code.replace('lint/', ''),
    message,
  ]);
}

describe('the finding', () => {
  it.each<readonly [title: string, patch: Patch, code: string, message: string]>([
    [
      'an address in place of a length',
      returned(5_000_000, null),
      'length-beyond-buffer',
      'label_resource returned 5,000,000 for an output buffer of 4,194,304 bytes, so the gateway cannot read the output: the number is an address',
    ],
    [
      'a length beyond the memory',
      returned(100_000_000, null),
      'length-beyond-buffer',
      'the memory of the guard has 5,308,416 bytes',
    ],
    [
      'a length beyond the buffer that the gateway reads',
      returned(5_000_000, json),
      'length-beyond-buffer',
      'and the gateway reads bytes behind the buffer',
    ],
    [
      'an address that lies within the buffer',
      returned(1024, `${json}${'\0'.repeat(1024 - json.length)}`),
      'length-of-text',
      `returned the length 1,024, but the output is JSON of ${json.length} bytes, followed by ${1024 - json.length} zero bytes`,
    ],
    [
      'a text with the zero byte at its end',
      returned(json.length + 1, `${json}\0`),
      'length-of-text',
      'followed by 1 zero byte',
    ],
    [
      'a length without a text',
      returned(64, '\0'.repeat(64)),
      'length-of-text',
      'the output begins with a zero byte: nothing was written to the output pointer',
    ],
    ['UTF-16', returned(utf16.length, utf16), 'output-encoding', 'The output of label_resource is UTF-16'],
    [
      'UTF-16 with a byte order mark',
      returned(utf16.length + 2, `\ufffd\ufffd${utf16}`),
      'output-encoding',
      'is UTF-16',
    ],
    [
      'UTF-16 with the other order of bytes',
      returned(utf16.length, `\0${utf16.slice(0, -1)}`),
      'output-encoding',
      'is UTF-16',
    ],
    [
      'a byte order mark',
      returned(json.length + 3, `\ufeff${json}`),
      'output-encoding',
      'begins with a byte order mark',
    ],
    [
      '-2 without a size',
      tooSmall(null),
      'too-small-size',
      'returned -2 (buffer too small) without a size, so the gateway doubles the buffer of 4,194,304 bytes',
    ],
    [
      '-2 after text was written',
      tooSmall(0x65_72_22_7b),
      'too-small-size',
      'the gateway reads its first four bytes, "{\\"re", as the size 1,701,978,747',
    ],
    [
      '-2 with a size that is not larger',
      tooSmall(100),
      'too-small-size',
      'with the size 100, although the buffer already has 4,194,304 bytes',
    ],
    [
      'a look-up that is not asked again',
      { backendCalls: [lookup(short)] },
      'lookup-not-repeated',
      'offered 8 bytes for the answer to its look-up of "get_file", which has 10, and did not ask again after -2',
    ],
    [
      'a look-up that is asked again with too few bytes',
      { backendCalls: [lookup(short), lookup({ ...short, capacity: 9 })] },
      'lookup-not-repeated',
      '1 more look-ups ended like this',
    ],
    [
      'a look-up after which another one is asked',
      { backendCalls: [lookup(short), lookup({ args: { path: 'b' } })] },
      'lookup-not-repeated',
      '"get_file"',
    ],
    [
      'too many look-ups',
      { backendCalls: [...Array.from({ length: 50 }, () => lookup()), lookup({ ...over, tool: 'one_more' })] },
      'too-many-lookups',
      'label_resource made 51 look-ups; the gateway answers the first 50 of a guard call and refused the others with -1, beginning with "one_more"',
    ],
    [
      'arguments that are not JSON',
      { backendCalls: [lookup({ end: 'args-not-json', error: 'unexpected end of JSON input', code: -1 })] },
      'lookup-refused',
      'the arguments are not JSON (unexpected end of JSON input)',
    ],
    [
      'a tool name outside of the memory',
      { backendCalls: [lookup({ end: 'bad-tool-range', tool: '', code: -1 })] },
      'lookup-refused',
      'A look-up of label_resource got -1 because the tool name lies outside',
    ],
  ])('about %s', (_title, patch, code, message) => {
    proves('own:lint-protocol');
    const found = codesAndMessages(patch);
    expect(found.map(([name]) => name)).toEqual([code]);
    expect(found[0]?.[1]).toContain(message);
  });
});

describe('no finding about', () => {
  it.each<readonly [title: string, patch: Patch]>([
    ['an output of the right length', returned(json.length, json)],
    ['an output as large as the buffer', returned(size, json)],
    ['a refusal', returned(-1, null)],
    ['an empty output of label_response', { ...returned(0, ''), function: 'label_response' }],
    ['-2 with a size', tooSmall(5_000_000)],
    ['-2 with the largest size', tooSmall(16_777_216)],
    ['-2 with a size beyond the limit, which is not text', tooSmall(20_000_000)],
    ['a zero character inside of a JSON text', returned(40, '{"resource":{"description":"\\u0000"}}')],
    ['text that is not JSON', returned(5, 'hello')],
    ['short text', returned(1, '{')],
    ['a call that was not entered', { attempts: [], output: null, error: 'input too large: 9 bytes (max 8)' }],
    ['a trap', { attempts: [{ bufferSize: size, code: null, hint: null }], output: null }],
    ['a look-up that is asked again', { backendCalls: [lookup(short), lookup({ capacity: 10 })] }],
    [
      'a look-up that is asked again later',
      { backendCalls: [lookup(short), lookup({ tool: 'other' }), lookup({ capacity: 4096 })] },
    ],
    ['fifty look-ups', { backendCalls: Array.from({ length: 50 }, () => lookup()) }],
    [
      'a look-up that failed',
      { backendCalls: [lookup({ end: 'error', code: -1, error: 'no such file', resultText: null })] },
    ],
  ])('%s', (_title, patch) => expect(codesAndMessages(patch)).toEqual([]));
});
