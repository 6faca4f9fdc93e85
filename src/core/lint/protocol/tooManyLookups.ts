/** Rule `lint/too-many-lookups`: more look-ups than the gateway allows in one guard call (gateway spec 1.10). */
import { type ProtocolRule, protocolWarning } from './protocolRule.ts';

/** Most look-ups of one guard call (gateway internal/guard/wasm_lifecycle.go:566). */
const limit = 50;

export const tooManyLookups: ProtocolRule = (call) => {
  const first = call.backendCalls.find(({ end }) => end === 'over-limit');
  if (first === undefined) return [];
  const retried = call.attempts.length > 1 ? `, counted over all ${call.attempts.length} attempts of the call` : '';
  return [
    protocolWarning(call, {
      code: 'lint/too-many-lookups',
      message: `${call.function} made ${call.backendCalls.length} look-ups; the gateway answers the first ${limit} of a guard call${retried} and refused the others with -1, beginning with ${JSON.stringify(first.tool)}`,
      hint: 'Ask once for several items, keep answers between calls, and treat a refused look-up as unknown',
    }),
  ];
};
