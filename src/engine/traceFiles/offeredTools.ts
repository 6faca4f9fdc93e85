/** Reads the tools that a server offered from a capture. */
import { Failure } from '../../core/base/failure.ts';
import { readNativeMessages } from '../../core/interchange/foreignSession.ts';
import { type OfferedTool, toolsOf } from '../../core/interchange/toolDrift.ts';
import { readRegular } from '../files/regularFile.ts';

/** A text beyond this size does not fit into a string of V8. */
const largestBytes = 500 * 1024 * 1024;

/** The last list of tools. Throws `trace/unreadable`, and `drift/no-list` for a session whose client never asked for a list. */
export async function readOfferedTools(path: string): Promise<readonly OfferedTool[]> {
  let text: string;
  try {
    text = (await readRegular(path, largestBytes)).toString();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('trace/unreadable', `Cannot read "${path}": ${reason}`, 'Check the path');
  }
  const { tools } = toolsOf(readNativeMessages(text).session.messages);
  if (tools !== null) return tools;
  const hint = 'A client asks for the list when it connects: capture a session from its beginning';
  throw new Failure('drift/no-list', `"${path}" contains no list of tools`, hint);
}
