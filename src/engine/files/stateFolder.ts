/** The private folder of the user, for what taps and the command line keep between sessions. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Absolute path; `GUARDSCOPE_HOME` replaces it, for users without a home folder that can be written. */
export function stateFolder(): string {
  const given = process.env['GUARDSCOPE_HOME'] ?? '';
  return given === '' ? join(homedir(), '.guardscope') : given;
}
