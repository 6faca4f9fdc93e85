/** The engine as the command line runs it: the worker beside the CLI's own bundle, one compile cache a process. */
import { join } from 'node:path';
import { CompileCache } from '../engine/runtime/compileCache.ts';
import type { GuardServices } from '../engine/session/inputs.ts';

export function cliEngine(): GuardServices {
  return { workerFile: join(__dirname, 'worker.js'), cache: new CompileCache() };
}
