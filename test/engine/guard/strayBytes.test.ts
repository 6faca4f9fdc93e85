/** Output that is not UTF-8: the gateway's error texts name the byte itself, which a text of it no longer has. */
import { describe, expect, test } from 'vitest';
import { WasmGuard } from '../../../src/engine/guard/wasmGuard.ts';
import { alone, loadGuard } from '../runtime/guards.ts';

/** Bytes as the text format spells them, and what Go's scanner holds against them. */
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

describe('a byte that is not UTF-8', () => {
  test.each(
    refused.map(([bytes, context]) => [
      bytes,
      `failed to unmarshal label_resource WASM response: invalid character ${context}`,
    ]),
  )('%s', async (bytes, error) => {
    const answer = await ask(bytes);
    expect(answer.error).toBe(error);
    expect(answer.calls[0]?.output).toContain('\ufffd');
  });

  test('inside of a string is U+FFFD, and the record tells it apart', async () => {
    const { value, calls } = await ask(
      String.raw`{\"resource\":{\"description\":\"\ed\a0\80\ef\bf\bd\",\"secrecy\":[\"\ff\"]}}`,
    );
    expect(value?.resource).toEqual({ description: '\ufffd'.repeat(4), secrecy: ['\ufffd'], integrity: [] });
    expect(calls[0]?.escapedOutput).toContain('"\udced\udca0\udc80\ufffd"');
  });

  test('the record of valid output has no second text', async () => {
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

/** An escape of the text format is one byte. */
function byteLength(text: string): number {
  return Buffer.byteLength(text.replaceAll(/\\(?:[0-9a-f]{2}|["\\])/g, '.'));
}
