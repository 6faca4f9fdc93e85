/** The engine services of the command line: the worker next to the CLI bundle, and one compile cache per process. */
import { join } from 'node:path';
import { CompileCache } from '../../engine/runtime/host/compileCache.ts';
import type { GuardServices } from '../../engine/guard/openGuard.ts';

/** Default deadline of a guard call in milliseconds: the gateway's default `tool_timeout` (gateway spec 5.1). */
export const defaultDeadlineMs = 60_000;

/** Creates the services for one run. */
export function cliEngine(): GuardServices {
  return { workerFile: join(__dirname, 'worker.js'), cache: new CompileCache() };
}
