/** Rule `lint/output-encoding`: an output that is not UTF-8 text, or that begins with a byte order mark. */
import { type ProtocolRule, protocolWarning } from './protocolRule.ts';

export const outputEncoding: ProtocolRule = (call) => {
  const { output } = call;
  if (output === null) return [];
  const what = isUtf16(output) ? 'is UTF-16' : output.startsWith('\ufeff') ? 'begins with a byte order mark' : null;
  if (what === null) return [];
  return [
    protocolWarning(call, {
      code: 'lint/output-encoding',
      message: `The output of ${call.function} ${what}, but the gateway reads UTF-8 without a byte order mark`,
      hint: 'Encode the text as UTF-8 (AssemblyScript: String.UTF8.encode) and return its number of bytes, not of characters',
    }),
  ];
};

/** Whether every second byte of the beginning is zero, as in UTF-16 text; an optional byte order mark precedes. */
export function isUtf16(output: string): boolean {
  const text = output.startsWith('\ufffd\ufffd') ? output.slice(2, 10) : output.slice(0, 8);
  if (text.length < 4) return false;
  return isZeroAt(text, 1) || isZeroAt(text, 0);
}

function isZeroAt(text: string, start: number): boolean {
  for (let at = 0; at < text.length; at++) if ((text[at] === '\0') !== (at % 2 === start)) return false;
  return true;
}
