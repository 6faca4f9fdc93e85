/** Finding a guard and loading it: behaviours 1 to 27 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const loading = gatewayBehaviours('Discovery and loading', [
  [
    1,
    'The guards folder comes from the environment, trimmed; unset or blank means that there is none.',
    'guard/wasm_discovery_test.go:12',
  ],
  [2, 'Without a guards folder no guard is found, and that is no error.', 'guard/wasm_discovery_test.go:54'],
  [3, 'A guards folder of nothing but blanks is none.', 'guard/wasm_discovery_test.go:68'],
  [4, 'A server without a folder of its own has no guard, without an error.', 'guard/wasm_discovery_test.go:76'],
  [5, "A server's empty folder holds no guard.", 'guard/wasm_discovery_test.go:85'],
  [6, 'Files that do not end in .wasm are no guards.', 'guard/wasm_discovery_test.go:96'],
  [7, "The one .wasm file of a server's folder is its guard.", 'guard/wasm_discovery_test.go:109'],
  [8, 'The ending counts in any case.', 'guard/wasm_discovery_test.go:122'],
  [9, 'A folder whose name ends in .wasm is passed over.', 'guard/wasm_discovery_test.go:135'],
  [10, 'Of several .wasm files the first by name is the guard.', 'guard/wasm_discovery_test.go:147'],
  [11, "A file where the server's folder should be is an error.", 'guard/wasm_discovery_test.go:177'],
  [12, 'The guard that ships with the gateway is for the server "github" only.', 'guard/wasm_discovery_test.go:219'],
  [
    13,
    'Where the shipped guard is absent, github looks into the guards folder like any server.',
    'guard/wasm_discovery_test.go:233',
  ],
  [14, 'The shipped guard goes before one in the guards folder.', 'guard/wasm_discovery_test.go:251'],
  [
    15,
    'A guards folder that is set to exactly nothing switches the shipped guard off as well.',
    'guard/wasm_discovery_test.go:273',
  ],
  [16, 'Where nothing lies anywhere, no guard is found.', 'guard/wasm_discovery_test.go:289'],
  [17, 'A guard file that cannot be read fails to load.', 'guard/wasm_dispatch_test.go:120'],
  [18, 'Bytes that are no module fail to load.', 'guard/wasm_dispatch_test.go:128, guard/wasm_test.go:342'],
  [19, 'An empty file fails to load.', 'guard/wasm_test.go:332'],
  [20, 'Loading needs no backend; a look-up made while loading just fails.', 'guard/wasm_test.go:352'],
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
  [24, 'A module that lacks only label_agent is told so.', 'guard/wasm_new_options_coverage_test.go:162'],
  [
    25,
    'A labelling export of another signature is refused by name, whichever of the three it is.',
    'guard/wasm_new_options_coverage_test.go:175',
  ],
  [26, 'A module that has everything loads and is healthy.', 'guard/wasm_new_options_coverage_test.go:294'],
  [27, "The guest's standard input is empty.", 'guard/wasm_test.go:299'],
]);
