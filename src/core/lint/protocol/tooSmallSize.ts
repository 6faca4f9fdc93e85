/** Rule `lint/too-small-size`: a -2 without a usable size at the output pointer (gateway spec 1.4 and 1.7). */
import type { Attempt } from '../../difc/record/guardCall.ts';
import { grouped, type ProtocolRule, protocolWarning } from './protocolRule.ts';

export const tooSmallSize: ProtocolRule = (call) => {
  const attempt = call.attempts.find((one) => faultOf(one) !== null);
  const fault = attempt === undefined ? null : faultOf(attempt);
  if (fault === null) return [];
  return [
    protocolWarning(call, {
      code: 'lint/too-small-size',
      message: `${call.function} returned -2 (buffer too small) ${fault}`,
      hint: 'Before it returns -2, the guard writes the needed number of bytes as 4 bytes, little endian, to the output pointer, and nothing else',
    }),
  ];
};

function faultOf({ code, hint, bufferSize }: Attempt): string | null {
  if (code !== -2) return null;
  if (hint === null) return `without a size, so the gateway doubles the buffer of ${grouped(bufferSize)} bytes`;
  const text = textOf(hint);
  if (text !== null) {
    return `after it had written text: the gateway reads its first four bytes, ${JSON.stringify(text)}, as the size ${grouped(hint)}`;
  }
  if (hint > bufferSize) return null;
  return `with the size ${grouped(hint)}, although the buffer already has ${grouped(bufferSize)} bytes`;
}

/** The four bytes of a little-endian number as text; null unless all are printable. */
function textOf(value: number): string | null {
  const bytes = [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
  if (bytes.some((byte) => byte < 0x20 || byte > 0x7e)) return null;
  return String.fromCharCode(...bytes);
}
