/** Rule `lint/lookup-not-repeated`: a look-up whose answer did not fit, which the guard did not ask again with a larger buffer (gateway spec 1.10). */
import { utf8Length } from '../../go/goText.ts';
import { jsonText } from '../../base/jsonText.ts';
import type { BackendCallRecord } from '../../difc/record/guardCall.ts';
import { grouped, type ProtocolRule, protocolWarning } from './protocolRule.ts';

export const lookupNotRepeated: ProtocolRule = (call) => {
  const { backendCalls } = call;
  const given = backendCalls.filter(({ end }, at) => end === 'too-small' && !isRepeated(backendCalls, at));
  const first = given[0];
  if (first === undefined) return [];
  const more = given.length === 1 ? '' : `; ${given.length - 1} more look-ups ended like this`;
  return [
    protocolWarning(call, {
      code: 'lint/lookup-not-repeated',
      message: `${call.function} offered ${grouped(first.capacity)} bytes for the answer to its look-up of ${JSON.stringify(first.tool)}, which has ${grouped(neededBytes(first))}, and did not ask again after -2${more}`,
      hint:
        first.capacity < 4
          ? 'Offer a buffer of at least 4 bytes: after -2 it holds the needed size (4 bytes, little endian); then ask again with that size'
          : 'After -2, read the needed size (4 bytes, little endian) from the result pointer and ask again with a buffer of that size',
      subject: first.tool,
    }),
  ];
};

/** Whether a later look-up of the same guard call asks the same with a buffer that is large enough. */
function isRepeated(calls: readonly BackendCallRecord[], at: number): boolean {
  const asked = calls[at];
  if (asked === undefined) return false;
  const question = jsonText([asked.tool, asked.args]);
  const needed = neededBytes(asked);
  return calls.slice(at + 1).some((call) => call.capacity >= needed && jsonText([call.tool, call.args]) === question);
}

function neededBytes({ resultText }: BackendCallRecord): number {
  return utf8Length(resultText ?? '');
}
