/** Reads the configuration file of the gateway. */
import { readFile, stat } from 'node:fs/promises';
import { Failure } from '../../core/base/failure.ts';

/** Configurations have a few kilobytes; a larger file is probably the wrong one. */
const maxConfigBytes = 16 * 1024 * 1024;

/** Returns the text of the file. Throws a `Failure` with the code `config/unreadable` or `config/too-large`. */
export async function readConfigFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > maxConfigBytes) {
      const message = `The configuration "${path}" has ${size} bytes; at most ${maxConfigBytes} are read`;
      throw new Failure('config/too-large', message, 'Check that this is the right file');
    }
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('config/unreadable', `Cannot read the configuration "${path}": ${reason}`, 'Check the path');
  }
}
