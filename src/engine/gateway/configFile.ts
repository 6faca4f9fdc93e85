/** Reads the text of a configuration file. */
import { readFile, stat } from 'node:fs/promises';
import { Failure } from '../../core/base/failure.ts';

/** A configuration is some kilobytes; a file beyond this is a mistake. */
const largestBytes = 16 * 1024 * 1024;

/** The text; throws a `Failure` (`config/unreadable`, `config/too-large`) where there is none to go on with. */
export async function readConfigFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > largestBytes) {
      const message = `The configuration "${path}" has ${size} bytes; at most ${largestBytes} are read`;
      throw new Failure('config/too-large', message, 'Check that this is the right file');
    }
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('config/unreadable', `Cannot read the configuration "${path}": ${reason}`, 'Check the path');
  }
}
