/** Functions that the host provides to a guard: behaviours 55 to 66 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const hostFunctions = gatewayBehaviours('Host functions', [
  [55, 'The 51st look-up in a call fails without reaching the backend.', 'guard/wasm_test.go:1283'],
  [56, 'The count of look-ups starts at 0 with each call.', 'guard/wasm_test.go:1299'],
  [57, 'A tool name outside memory fails the look-up.', 'guard/wasm_dispatch_test.go:366'],
  [58, 'Arguments outside memory fail the look-up.', 'guard/wasm_dispatch_test.go:384'],
  [59, 'Arguments that are not JSON fail the look-up.', 'guard/wasm_dispatch_test.go:406'],
  [60, 'A failing backend fails the look-up.', 'guard/wasm_dispatch_test.go:433'],
  [61, "When an answer does not fit, the guest's buffer gets the required size.", 'guard/wasm_dispatch_test.go:457'],
  [
    62,
    "When the buffer is too small for that size, the guest's memory is not changed.",
    'guard/wasm_dispatch_test.go:488',
  ],
  [
    63,
    "A look-up without arguments passes none; the answer's length is returned and its bytes are written.",
    'guard/wasm_dispatch_test.go:519',
  ],
  [64, 'Arguments reach the backend as the value of their JSON.', 'guard/wasm_dispatch_test.go:545'],
  [
    65,
    'Log lines of every level are accepted, including unknown levels; a message outside memory is dropped.',
    'guard/wasm_dispatch_test.go:169',
  ],
  [66, 'The levels 0 to 3 are debug, info, warning and error.', 'guard/wasm_test.go:1528'],
]);
