/** Calling a guard: buffers, memory, traps: behaviours 28 to 54 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const calling = gatewayBehaviours('Calling, buffers, memory', [
  [28, 'Calling a missing export fails with its name.', 'guard/wasm_test.go:1320'],
  [29, 'A module without memory cannot be called.', 'guard/wasm_test.go:1338'],
  [30, 'An input of one byte over 8 MiB is refused before any guest code runs.', 'guard/wasm_test.go:1351'],
  [31, 'A function that returns nothing is an error of the call.', 'guard/wasm_test.go:1368'],
  [
    32,
    'A guard that always requests a larger buffer without a size gets 4, 8 and 16 MiB and then an error.',
    'guard/wasm_test.go:1380',
  ],
  [33, 'A guard that requests 5 MiB gets them, and may then succeed.', 'guard/wasm_test.go:1395'],
  [
    34,
    'A guard that has trapped is not entered again; each later call repeats the first trap.',
    'guard/wasm_test.go:1409',
  ],
  [35, 'The direct path needs memory for input, output and a margin of 64 KiB.', 'guard/wasm_test.go:1429'],
  [36, 'Memory grows by whole pages, rounded up.', 'guard/wasm_test.go:1441'],
  [
    37,
    'Without an allocator the host grows the memory for a large input, and the record of the call has the growth.',
    'guard/wasm_test.go:1454',
  ],
  [
    38,
    'Only -2 means that the buffer is too small; every other negative number is an error.',
    'guard/wasm_test.go:1496',
  ],
  [39, 'The requested size is read as unsigned and little-endian.', 'guard/wasm_test.go:1511'],
  [
    40,
    'When both alloc and dealloc are exported, the buffers come from them.',
    'guard/wasm_parse_coverage_test.go:117',
  ],
  [41, 'A return of 0 is an empty answer, not an error.', 'guard/wasm_parse_coverage_test.go:143'],
  [42, 'The error for a negative return value has its number.', 'guard/wasm_parse_coverage_test.go:158'],
  [43, 'An allocator that returns 0 is an error of the input buffer.', 'guard/wasm_parse_coverage_test.go:173'],
  [44, 'An allocator without a result is an error.', 'guard/wasm_parse_coverage_test.go:188'],
  [45, 'A trap in alloc is the error of the call.', 'guard/wasm_parse_coverage_test.go:263'],
  [46, 'Only allocated buffers are freed.', 'guard/wasm_parse_coverage_test.go:203'],
  [47, 'A trap in dealloc does not change the answer.', 'guard/wasm_parse_coverage_test.go:282'],
  [
    48,
    'A module without memory has no memory size, and reading the size does not crash.',
    'guard/wasm_parse_coverage_test.go:253',
  ],
  [49, 'A trap in the guest is the error of the call.', 'guard/wasm_parse_coverage_test.go:303'],
  [50, 'A call that is cancelled is ended.', 'guard/wasm_test.go:245'],
  [51, 'Every error of the engine counts as a trap, other errors do not.', 'guard/wasm_test.go:1587'],
  [52, 'proc_exit with code 0 is not a trap, with any other code it is.', 'guard/wasm_test.go:1637'],
  [53, 'A guard reports whether it is healthy.', 'guard/wasm_test.go:1221'],
  [54, 'A guard can be closed at any time, more than once, and after a cancel.', 'guard/wasm_test.go:1186'],
]);
