/** Output that is not UTF-8: the gateway's error texts name the byte, which is lost when the output is decoded as a string. */
import { describe, expect, test } from 'vitest';
import { WasmGuard } from '../../../src/engine/guard/wasmGuard.ts';
import { alone, loadGuard } from '../runtime/guards.ts';

/** Bytes, as the WebAssembly text format escapes them, with the end of Go's error text. */
const refused: readonly (readonly [bytes: string, context: string])[] = [
  [String.raw`\ff`, "'ÿ' looking for beginning of value"],
  [String.raw`{}\f8`, "'ø' after top-level value"],
  [String.raw`{\c0\80`, "'À' looking for beginning of object key string"],
  [String.raw`{\"a\"\85`, String.raw`'\u0085' after object key`],
  [String.raw`{\"\ff\": \e2\28`, "'â' looking for beginning of value"],
  [String.raw`{\"\ef\bf\bd\":\ef\bf`, "'ï' looking for beginning of value"],
  [String.raw`[\"\f0\9f\",\9f`, String.raw`'\u009f' looking for beginning of value`],
  [String.raw`{\"a\":\"\\u\ad`, String.raw`'\u00ad' in \u hexadecimal character escape`],
];

describe('output with a byte that is not UTF-8', () => {
  test.each(
    refused.map(([bytes, context]) => [
      bytes,
      `failed to unmarshal label_resource WASM response: invalid character ${context}`,
    ]),
  )('%s gives the error text of the gateway', async (bytes, error) => {
    const answer = await ask(bytes);
    expect(answer.error).toBe(error);
    expect(answer.calls[0]?.output).toContain('\ufffd');
  });

  test('decodes the byte as U+FFFD inside a string, and the record has the escaped output', async () => {
    const { value, calls } = await ask(
      String.raw`{\"resource\":{\"description\":\"\ed\a0\80\ef\bf\bd\",\"secrecy\":[\"\ff\"]}}`,
    );
    expect(value?.resource).toEqual({ description: '\ufffd'.repeat(4), secrecy: ['\ufffd'], integrity: [] });
    expect(calls[0]?.escapedOutput).toContain('"\udced\udca0\udc80\ufffd"');
  });

  test('has no escaped output in its record when it is valid', async () => {
    const { calls } = await ask(String.raw`{\"a\":\"\ef\bf\bd\"}`);
    expect(calls[0]).not.toHaveProperty('escapedOutput');
  });
});

async function ask(bytes: string): ReturnType<WasmGuard['labelResource']> {
  const worker = await loadGuard({
    rest: `(data $answer "${bytes}") (func $length (result i32) (i32.const ${byteLength(bytes)}))`,
    label_resource: '(memory.init $answer (local.get $out) (i32.const 0) (call $length)) (call $length)',
  });
  const guard = new WasmGuard('guard', worker);
  try {
    return await guard.labelResource('t', {}, alone);
  } finally {
    await guard.close();
  }
}

/** Number of bytes; an escape of the text format is one. */
function byteLength(text: string): number {
  return Buffer.byteLength(text.replaceAll(/\\(?:[0-9a-f]{2}|["\\])/g, '.'));
}
