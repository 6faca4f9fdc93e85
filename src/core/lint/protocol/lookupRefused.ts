/** Rule `lint/lookup-refused`: a look-up whose name, arguments or result buffer the gateway cannot read, so that it asks nothing (gateway spec 1.10). */
import type { BackendCallEnd } from '../../difc/record/guardCall.ts';
import { type ProtocolRule, protocolWarning } from './protocolRule.ts';

const reasons: Partial<Readonly<Record<BackendCallEnd, string>>> = {
  'bad-tool-range': 'the tool name lies outside of the memory',
  'bad-args-range': 'the arguments lie outside of the memory',
  'args-not-json': 'the arguments are not JSON',
  'bad-result-range': 'the result buffer lies outside of the memory',
};

export const lookupRefused: ProtocolRule = (call) => {
  const refused = call.backendCalls.filter(({ end }) => reasons[end] !== undefined);
  const first = refused[0];
  if (first === undefined) return [];
  const detail = first.end === 'args-not-json' && first.error !== null ? ` (${first.error})` : '';
  const more = refused.length === 1 ? '' : `; ${refused.length - 1} more look-ups ended like this`;
  return [
    protocolWarning(call, {
      code: 'lint/lookup-refused',
      message: `A look-up of ${call.function}${first.tool === '' ? '' : ` for ${JSON.stringify(first.tool)}`} got -1 because ${reasons[first.end] ?? ''}${detail}${more}`,
      hint: 'call_backend takes (tool pointer, tool length, arguments pointer, arguments length, result pointer, result capacity); the arguments are JSON, or have length 0',
    }),
  ];
};
