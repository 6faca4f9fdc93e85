/** All 46 functions of WASI preview 1 (wazero spec 7.6). */
import { clockFunctions } from './clocks.ts';
import { descriptorFunctions } from './descriptors.ts';
import { environmentFunctions } from './environment.ts';
import { pathFunctions } from './paths.ts';
import { pollFunctions } from './poll.ts';
import { processFunctions } from './process.ts';
import { socketFunctions } from './sockets.ts';
import { streamFunctions } from './streams.ts';
import type { GuestSystem, WasiFunctions } from './system.ts';

/** Name of the module from which guests import the functions. */
export const wasiModule = 'wasi_snapshot_preview1';

/** The functions for one instance; `onExit` closes the module. */
export function wasiFunctions(system: GuestSystem, onExit: (code: number) => void): WasiFunctions {
  return {
    ...environmentFunctions(system),
    ...clockFunctions(system),
    ...descriptorFunctions(system),
    ...streamFunctions(system),
    ...pathFunctions(system),
    ...pollFunctions(system),
    ...processFunctions(system, onExit),
    ...socketFunctions(system),
  };
}
