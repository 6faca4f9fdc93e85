/**
 * A client that calls a tool again and again, `faultClient.ts WINDOW PAUSE BYTES COMMAND…`: so many calls at once, so many milliseconds
 * between them, so long. Writes the id and the time of each answer, in milliseconds since 1970, as soon as it has it.
 */
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [window, pause, bytes, file = '', ...args] = process.argv.slice(2);
const server = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
const text = 'x'.repeat(Number(bytes));
let nextId = 1;

function call(): void {
  const params = { name: 'tool', arguments: { text } };
  server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: nextId++, method: 'tools/call', params })}\n`);
}

createInterface({ input: server.stdout }).on('line', (line) => {
  writeSync(1, `${(JSON.parse(line) as { readonly id: number }).id} ${performance.timeOrigin + performance.now()}\n`);
  if (pause === '0') call();
  else setTimeout(call, Number(pause));
});
server.stdin.on('error', () => undefined);
server.on('exit', (code, signal) => {
  writeSync(1, `ended ${code} ${signal}\n`);
  process.exit(0);
});
for (let at = 0; at < Number(window); at++) call();
