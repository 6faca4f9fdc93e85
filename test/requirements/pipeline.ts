/** The phases of a call: behaviours 252 to 257 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const pipeline = gatewayBehaviours('Shared pipeline', [
  [
    252,
    "A call starts with the agent's current labels, and label_response gets its arguments.",
    'guard/pipeline_test.go:68',
  ],
  [253, 'A failure of label_resource is reported as such.', 'guard/pipeline_test.go:92'],
  [254, 'The coarse check allows a call, denies a write, or lets a read continue.', 'guard/pipeline_test.go:118'],
  [
    255,
    'label_response is called for a read, not for a write, and its error gets a prefix.',
    'guard/pipeline_test.go:165',
  ],
  [
    256,
    'A read changes the agent only in propagate mode: by the labels of the items, or of the resource without items. A write never does.',
    'guard/pipeline_test.go:202',
  ],
  [257, 'A denial has the violation text; any other error is unchanged.', 'guard/pipeline_test.go:293'],
]);
