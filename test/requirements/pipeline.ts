/** The phases of a call: behaviours 252 to 257 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const pipeline = gatewayBehaviours('Shared pipeline', [
  [
    252,
    "A call starts from the agent's labels as they stand, and its arguments are known to the response.",
    'guard/pipeline_test.go:68',
  ],
  [253, 'A failing label_resource is told as such.', 'guard/pipeline_test.go:92'],
  [254, 'The coarse check lets through, denies a write, and lets a read go on.', 'guard/pipeline_test.go:118'],
  [
    255,
    'label_response is not asked for a write, is asked for a read, and its error is wrapped.',
    'guard/pipeline_test.go:165',
  ],
  [
    256,
    "What reading does to the agent: nothing in strict and filter; the resource's labels without items, else those of the items; never for a write.",
    'guard/pipeline_test.go:202',
  ],
  [257, 'A denial is told with the violation text, any other error as it is.', 'guard/pipeline_test.go:293'],
]);
