/** Writes captures of any length for the benchmarks. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { searchCall } from './subjects.ts';

/** Writes a capture with this number of calls, 1 kB each. */
export async function writeTrace(path: string, calls: number): Promise<void> {
  const out = createWriteStream(path);
  const line = async (value: unknown): Promise<void> => {
    if (!out.write(`${JSON.stringify(value)}\n`)) await once(out, 'drain');
  };
  const start = '2026-03-04T10:15:30.000Z';
  await line({
    schema: 'guardscope-trace/1',
    tool: 'bench',
    version: '0',
    start,
    server: 'memory',
    transport: 'stdio',
  });
  for (let id = 1; id <= calls; id++) {
    const { tool, args, result } = searchCall(id % 10);
    const params = { name: tool, arguments: { ...(args as object), page: id } };
    await line({ t: id * 10, dir: 'client', msg: { jsonrpc: '2.0', id, method: 'tools/call', params } });
    await line({ t: id * 10 + 4, dir: 'server', msg: { jsonrpc: '2.0', id, result } });
  }
  out.end();
  await once(out, 'finish');
}
