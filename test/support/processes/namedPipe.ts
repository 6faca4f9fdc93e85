/** Creates a named pipe, which Node cannot. */
import { execFileSync } from 'node:child_process';

export function makeNamedPipe(path: string): void {
  execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', path]);
}
