/** A server that answers each request at once; with a number as its argument, with a result of this many bytes. */
import { createInterface } from 'node:readline';

const text = 'y'.repeat(Number(process.argv[2] ?? 100));

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } })}\n`);
});
