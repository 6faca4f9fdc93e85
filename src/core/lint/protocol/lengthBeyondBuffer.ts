/** Rule `lint/length-beyond-buffer`: a returned length that is larger than the output buffer, for example an address (gateway spec 1.7). */
import { grouped, type ProtocolRule, protocolWarning } from './protocolRule.ts';

export const lengthBeyondBuffer: ProtocolRule = (call) => {
  const last = call.attempts.at(-1);
  if (last === undefined || last.code === null || last.code <= last.bufferSize) return [];
  const memory = call.memory?.after ?? 0;
  const [code, size] = [grouped(last.code), grouped(last.bufferSize)];
  const what =
    last.code < memory
      ? 'the number is an address in the memory of the guard rather than a length'
      : `the memory of the guard has ${grouped(memory)} bytes`;
  const then =
    call.output === null ? 'so the gateway cannot read the output' : 'and the gateway reads bytes behind the buffer';
  return [
    protocolWarning(call, {
      code: 'lint/length-beyond-buffer',
      message: `${call.function} returned ${code} for an output buffer of ${size} bytes, ${then}: ${what}`,
      hint: 'Write the output to the output pointer and return its number of bytes; return -2 when it does not fit, with the needed size at the output pointer',
    }),
  ];
};
