/** Reads the configuration file of the gateway. */
import { Failure } from '../../core/base/failure.ts';
import { FileTooLarge, readRegular } from '../files/regularFile.ts';

/** Configurations have a few kilobytes; a larger file is probably the wrong one. */
const maxConfigBytes = 16 * 1024 * 1024;

/** Returns the text of the file. Throws a `Failure` with the code `config/unreadable` or `config/too-large`. */
export async function readConfigFile(path: string): Promise<string> {
  try {
    return (await readRegular(path, maxConfigBytes)).toString();
  } catch (thrown) {
    if (thrown instanceof FileTooLarge) {
      const message = `The configuration "${path}" has ${thrown.amount}; at most ${maxConfigBytes} are read`;
      throw new Failure('config/too-large', message, 'Check that this is the right file');
    }
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('config/unreadable', `Cannot read the configuration "${path}": ${reason}`, 'Check the path');
  }
}
