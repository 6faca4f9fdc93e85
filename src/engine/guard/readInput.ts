/** Reads a guard or policy file, with a limit on its size. */
import { Failure } from '../../core/base/failure.ts';
import { FileTooLarge, readRegular } from '../files/regularFile.ts';

/** Guards have some hundred kilobytes; a larger file than this is the wrong file, and reading it could exhaust the memory. */
const maxGuardBytes = 256 * 1024 * 1024;
const maxPolicyBytes = 16 * 1024 * 1024;

/** The bytes of a file. `role` names it in messages. Throws `guard/too-large`, `guard/unreadable`, and the same for the other roles. */
export async function readInput(path: string, role: 'guard' | 'policy' | 'lookups' | 'changes'): Promise<Uint8Array> {
  const limit = role === 'guard' ? maxGuardBytes : maxPolicyBytes;
  try {
    return await readRegular(path, limit);
  } catch (thrown) {
    if (thrown instanceof FileTooLarge) {
      const message = `The ${role} "${path}" has ${thrown.amount}; the limit is ${limit}`;
      throw new Failure(`${role}/too-large`, message, 'Check that this is the right file');
    }
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure(`${role}/unreadable`, `Cannot read the ${role} "${path}": ${reason}`, 'Check the path');
  }
}
