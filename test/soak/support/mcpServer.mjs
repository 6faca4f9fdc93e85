/** A small MCP server on standard input and output: its only tool returns a text of the length that its argument `bytes` names. */
import { createInterface } from 'node:readline';

const results = {
  initialize: () => ({
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'soak', version: '1' },
  }),
  'tools/list': () => ({ tools: [{ name: 'text', inputSchema: { type: 'object' } }] }),
  'tools/call': ({ arguments: { bytes } }) => ({ content: [{ type: 'text', text: 'y'.repeat(bytes) }] }),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: results[method](params) })}\n`);
});
