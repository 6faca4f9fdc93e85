/** Rule `lint/length-of-text`: a returned length that is not that of the written text, for example an address or a fixed size. */
import { decodeGoJson } from '../../go/goJson.ts';
import { utf8Length } from '../../go/goText.ts';
import { grouped, type ProtocolRule, protocolWarning } from './protocolRule.ts';
import { isUtf16 } from './outputEncoding.ts';

export const lengthOfText: ProtocolRule = (call) => {
  const { output, attempts } = call;
  const code = attempts.at(-1)?.code ?? null;
  if (output === null || code === null || isUtf16(output)) return [];
  const end = output.indexOf('\0');
  if (end < 0) return [];
  const text = output.slice(0, end);
  const what = whatWasWritten(text);
  if (what === null) return [];
  const length = utf8Length(text);
  const isTerminated = end === output.length - 1;
  return [
    protocolWarning(call, {
      code: 'lint/length-of-text',
      message: `${call.function} returned the length ${grouped(code)}, but ${what}${end === 0 ? '' : ` of ${grouped(length)} bytes, followed by ${grouped(code - length)} zero ${code - length === 1 ? 'byte' : 'bytes'}`}`,
      hint: isTerminated
        ? 'Return the number of bytes of the text without the zero byte at its end'
        : 'Return the number of bytes that were written to the output pointer, not an address and not the size of a buffer',
    }),
  ];
};

/** What stands before the first zero byte; null for bytes that are not an answer. */
function whatWasWritten(text: string): string | null {
  if (text === '') return 'the output begins with a zero byte: nothing was written to the output pointer';
  return decodeGoJson(text).ok ? 'the output is JSON' : null;
}
