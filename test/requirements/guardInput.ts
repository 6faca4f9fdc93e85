/** Inputs of a guard: behaviours 67 to 74 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const guardInput = gatewayBehaviours('Input of a guard', [
  [67, 'The input of label_agent is the policy itself.', 'guard/wasm_test.go:1543'],
  [68, 'The input of label_resource has tool, arguments and capabilities.', 'guard/wasm_test.go:1561'],
  [69, 'The input of label_response has tool and result.', 'guard/wasm_test.go:1574'],
  [
    70,
    'In the pipeline label_response also gets the arguments of the call.',
    'guard/wasm_label_response_coverage_test.go:177',
  ],
  [71, 'Without arguments label_response gets none.', 'guard/wasm_label_response_coverage_test.go:196'],
  [72, 'Given capabilities are in the input.', 'guard/wasm_label_response_coverage_test.go:213'],
  [73, 'label_resource works without capabilities.', 'guard/wasm_labels_success_test.go:189'],
  [74, 'label_agent and label_resource succeed on a real module.', 'guard/wasm_labels_success_test.go:141'],
]);
