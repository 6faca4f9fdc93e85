/** Finding a guard and loading it: behaviours 1 to 27 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const loading = gatewayBehaviours('Discovery and loading', [
  [
    1,
    'The guards folder comes from the environment, trimmed; unset or blank means that there is none.',
    'guard/wasm_discovery_test.go:12',
  ],
  [2, 'Without a guards folder no guard is found, without an error.', 'guard/wasm_discovery_test.go:54'],
  [3, 'A guards folder of only blanks is not a folder.', 'guard/wasm_discovery_test.go:68'],
  [4, 'A server without a folder of its own has no guard, without an error.', 'guard/wasm_discovery_test.go:76'],
  [5, "A server's empty folder holds no guard.", 'guard/wasm_discovery_test.go:85'],
  [6, 'Files that do not end in .wasm are not guards.', 'guard/wasm_discovery_test.go:96'],
  [7, "The one .wasm file of a server's folder is its guard.", 'guard/wasm_discovery_test.go:109'],
  [8, 'The ending may have any case.', 'guard/wasm_discovery_test.go:122'],
  [9, 'A folder whose name ends in .wasm is ignored.', 'guard/wasm_discovery_test.go:135'],
  [10, 'Of several .wasm files the first by name is the guard.', 'guard/wasm_discovery_test.go:147'],
  [11, "A file where the server's folder should be is an error.", 'guard/wasm_discovery_test.go:177'],
  [12, 'The guard that ships with the gateway is for the server "github" only.', 'guard/wasm_discovery_test.go:219'],
  [
    13,
    'Without the shipped guard, the guards folder is searched for github like for any server.',
    'guard/wasm_discovery_test.go:233',
  ],
  [14, 'The shipped guard precedes a guard in the guards folder.', 'guard/wasm_discovery_test.go:251'],
  [
    15,
    'A variable of the guards folder that is set to the empty string disables the shipped guard as well.',
    'guard/wasm_discovery_test.go:273',
  ],
  [16, 'Without any guard file, no guard is found.', 'guard/wasm_discovery_test.go:289'],
  [17, 'A guard file that cannot be read fails to load.', 'guard/wasm_dispatch_test.go:120'],
  [18, 'Bytes that are not a module fail to load.', 'guard/wasm_dispatch_test.go:128, guard/wasm_test.go:342'],
  [19, 'An empty file fails to load.', 'guard/wasm_test.go:332'],
  [20, 'Loading needs no backend; a look-up during loading fails.', 'guard/wasm_test.go:352'],
  [
    21,
    'A module without the labelling exports is refused by their names.',
    'guard/wasm_new_options_coverage_test.go:85',
  ],
  [
    22,
    'A guard without a name is called "guard".',
    'guard/wasm_new_options_coverage_test.go:132, guard/wasm_config_test.go:29',
  ],
  [
    23,
    'A command that exports only _start is refused with the advice about TinyGo.',
    'guard/wasm_new_options_coverage_test.go:148',
  ],
  [24, 'The error for a module that lacks only label_agent names it.', 'guard/wasm_new_options_coverage_test.go:162'],
  [
    25,
    'A labelling export with another signature is refused by its name.',
    'guard/wasm_new_options_coverage_test.go:175',
  ],
  [26, 'A module with all required exports loads and is healthy.', 'guard/wasm_new_options_coverage_test.go:294'],
  [27, "The guest's standard input is empty.", 'guard/wasm_test.go:299'],
]);
