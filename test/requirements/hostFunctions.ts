/** What a guard may ask of its host: behaviours 55 to 66 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const hostFunctions = gatewayBehaviours('Host functions', [
  [55, 'Of the look-ups in one call the 51st fails without reaching the backend.', 'guard/wasm_test.go:1283'],
  [56, 'The count of look-ups starts anew with each call.', 'guard/wasm_test.go:1299'],
  [57, 'A tool name outside memory fails the look-up.', 'guard/wasm_dispatch_test.go:366'],
  [58, 'Arguments outside memory fail the look-up.', 'guard/wasm_dispatch_test.go:384'],
  [59, 'Arguments that are not JSON fail the look-up.', 'guard/wasm_dispatch_test.go:406'],
  [60, 'A failing backend fails the look-up.', 'guard/wasm_dispatch_test.go:433'],
  [
    61,
    "An answer that does not fit is answered with the size it needs, in the guest's buffer.",
    'guard/wasm_dispatch_test.go:457',
  ],
  [
    62,
    "Where the buffer has no room for that size, the guest's memory is left alone.",
    'guard/wasm_dispatch_test.go:488',
  ],
  [
    63,
    "A look-up without arguments passes none; the answer's length is returned and its bytes are written.",
    'guard/wasm_dispatch_test.go:519',
  ],
  [64, 'Arguments reach the backend as what their JSON says.', 'guard/wasm_dispatch_test.go:545'],
  [
    65,
    'Log lines of every level are taken, unknown levels too; a message outside memory is dropped.',
    'guard/wasm_dispatch_test.go:169',
  ],
  [66, 'The levels 0 to 3 are debug, info, warning and error.', 'guard/wasm_test.go:1528'],
]);
