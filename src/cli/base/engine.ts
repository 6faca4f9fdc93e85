/** The engine as the command line runs it: the worker beside the CLI's own bundle, one compile cache a process. */
import { join } from 'node:path';
import { CompileCache } from '../../engine/runtime/host/compileCache.ts';
import type { GuardServices } from '../../engine/guard/openGuard.ts';

/** Milliseconds that a guard may take where nothing else is said: the gateway's default `tool_timeout` (gateway spec 5.1). */
export const defaultDeadlineMs = 60_000;

export function cliEngine(): GuardServices {
  return { workerFile: join(__dirname, 'worker.js'), cache: new CompileCache() };
}
