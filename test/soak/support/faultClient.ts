/**
 * A client that calls a tool repeatedly: `faultClient.ts WINDOW PAUSE BYTES COMMAND…`, the number of concurrent calls, the milliseconds
 * between them, and their length. Prints the id and the time (milliseconds since 1970) of each answer when it arrives.
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

/** Prints before it returns: what the client has is reported, also when it is killed a moment later. */
function print(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (thrown) {
      // The pipe is full until the soak reads it. A line is too short to be written in part.
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN') throw thrown;
    }
  }
}

createInterface({ input: server.stdout }).on('line', (line) => {
  print(`${(JSON.parse(line) as { readonly id: number }).id} ${performance.timeOrigin + performance.now()}\n`);
  if (pause === '0') call();
  else setTimeout(call, Number(pause));
});
server.stdin.on('error', () => undefined);
server.on('exit', (code, signal) => {
  print(`ended ${code} ${signal}\n`);
  process.exit(0);
});
for (let at = 0; at < Number(window); at++) call();
