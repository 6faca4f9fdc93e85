/** An MCP server over stdio for the tests of "New Call…": `node toolServer.mjs MODE PIDFILE [ARGUMENT…]`. Modes: serve, silent, crash. */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [mode, pidFile, ...rest] = process.argv.slice(2);
appendFileSync(pidFile, `${process.pid}\n`);
if (mode === 'crash') {
  console.error('Error: no database');
  process.exit(3);
}

const schema = { type: 'object' };
/** @type {{ name: string, title?: string, description?: string, inputSchema: object }[]} */
let tools = ['where', 'fail', 'refuse', 'slow', 'die', 'grow'].map((name) => ({ name, inputSchema: schema }));

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const text = (value) => ({ content: [{ type: 'text', text: value }] });

const calls = {
  /** Where and how the server runs. */
  where: (id, { arguments: given }) => {
    const { KEY = null, GONE = null } = process.env;
    send({ id, result: text(JSON.stringify({ given, rest, cwd: process.cwd(), env: { KEY, GONE } })) });
  },
  fail: (id) => send({ id, result: { ...text('no such row'), isError: true } }),
  refuse: (id) => send({ id, error: { code: -32_602, message: 'bad arguments' } }),
  /** Reports progress, and answers only after a cancellation. */
  slow: (_id, { _meta }) => {
    const { progressToken } = _meta;
    send({ method: 'notifications/progress', params: { progressToken, progress: 1, total: 2, message: 'half' } });
    send({ method: 'notifications/progress', params: { progressToken, progress: 2 } });
  },
  die: () => process.exit(4),
  /** Offers one tool more. */
  grow: (id) => {
    tools = [...tools, { name: 'grown', title: 'Grown', description: 'New', inputSchema: schema }];
    send({ id, result: text('') });
    send({ method: 'notifications/tools/list_changed' });
  },
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (mode === 'silent') return;
  if (method === 'initialize') {
    const { protocolVersion } = params;
    const capabilities = { tools: { listChanged: true } };
    send({ id, result: { protocolVersion, capabilities, serverInfo: { name: 'tools', version: '1' } } });
  }
  if (method === 'tools/list') send({ id, result: { tools } });
  if (method === 'tools/call') calls[params.name](id, params);
});
