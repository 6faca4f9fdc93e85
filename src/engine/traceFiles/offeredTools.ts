/** Reads the tools that a server offered from a capture. */
import { readFile } from 'node:fs/promises';
import { Failure } from '../../core/base/failure.ts';
import { readNativeMessages } from '../../core/interchange/foreignSession.ts';
import { type OfferedTool, toolsOf } from '../../core/interchange/toolDrift.ts';

/** The last list of tools. Throws `trace/unreadable`, and `drift/no-list` for a session whose client never asked for a list. */
export async function readOfferedTools(path: string): Promise<readonly OfferedTool[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('trace/unreadable', `Cannot read "${path}": ${reason}`, 'Check the path');
  }
  const { tools } = toolsOf(readNativeMessages(text).session.messages);
  if (tools !== null) return tools;
  const hint = 'A client asks for the list when it connects: capture a session from its beginning';
  throw new Failure('drift/no-list', `"${path}" contains no list of tools`, hint);
}
