/** The engine services of the command line: the worker next to the CLI bundle, and one compile cache per process. */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { CompileCache } from '../../engine/runtime/host/compileCache.ts';
import type { GuardServices } from '../../engine/guard/openGuard.ts';
import { userModules } from '../../engine/guard/userModules.ts';

/** Default deadline of a guard call in milliseconds: the gateway's default `tool_timeout` (gateway spec 5.1). */
export const defaultDeadlineMs = 60_000;

/**
 * Lets the heaps of this process grow by at most two fifths between two collections, in place of several times: a replay of 100,000 calls then needs
 * two thirds of the memory, and 3 % more time (test/bench/RESULTS.md). Only for versions of V8 that are known to have the flag: another would complain.
 */
export function growSlowly(): void {
  if (Number.parseInt(process.versions.v8, 10) <= lastKnownV8) setFlagsFromString('--heap-growing-percent=40');
}

/** That of Node 24. */
const lastKnownV8 = 13;

/** Creates the services for one run. */
export function cliEngine(): GuardServices {
  const workerFile = join(__dirname, 'worker.js');
  return { workerFile, cache: new CompileCache(userModules(workerFile)) };
}
