/** The two real servers over a fresh copy of the workspace, with clients. */
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const require = createRequire(import.meta.url);

/** Where the workspace lies while it is captured: a path that says nothing about the machine. */
export const root = '/workspace';

/** The date of the files that the copy gets. */
const asOf = new Date('2026-11-20T08:00:00Z');

/**
 * Puts a copy of the sample's workspace at `/workspace` and starts both servers, once for the agent (`clients`) and once for a guard's
 * look-ups (`quietClients`). `watch(server, direction, message)` hears the agent's messages, and holds up
 * those of the client until it is done; direction is who sent it, `client` or `server`.
 */
export async function startServers(sample, watch) {
  if (existsSync(root)) throw new Error(`${root} is there already: a capture needs this path for itself`);
  const scratch = mkdtempSync(path.join(tmpdir(), 'guardscope-sample-'));
  cpSync(path.join(sample, 'workspace'), root, { recursive: true });
  cpSync(path.join(sample, 'memory.jsonl'), path.join(scratch, 'memory.jsonl'));
  prepare(root);
  // Everyone on the machine can write this one; the guard finds out.
  chmodSync(`${root}/docs/faq.md`, 0o666);
  const commands = {
    files: { args: ['@modelcontextprotocol/server-filesystem', root], env: {} },
    memory: {
      args: ['@modelcontextprotocol/server-memory'],
      env: { MEMORY_FILE_PATH: path.join(scratch, 'memory.jsonl') },
    },
  };
  const clients = {};
  const quietClients = {};
  for (const [server, { args, env }] of Object.entries(commands)) {
    clients[server] = await connect(args, env, (direction, message) => watch(server, direction, message));
    quietClients[server] = await connect(args, env, () => {});
  }
  return {
    clients,
    quietClients,
    async close() {
      for (const client of [...Object.values(clients), ...Object.values(quietClients)]) await client.close();
      rmSync(root, { recursive: true });
      rmSync(scratch, { recursive: true });
    },
  };
}

/** The same permissions and dates on every machine. */
function prepare(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const full = path.join(directory, entry.name);
    if (entry.isDirectory()) prepare(full);
    chmodSync(full, entry.isDirectory() ? 0o755 : 0o644);
    utimesSync(full, asOf, asOf);
  }
}

async function connect([name, ...args], env, watch) {
  const manifest = require.resolve(`${name}/package.json`);
  const [bin] = Object.values(require(manifest).bin);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [path.join(path.dirname(manifest), bin), ...args],
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C', ...env },
    stderr: 'ignore',
  });
  const client = new Client({ name: 'support-assistant', version: '1.0.0' });
  const send = transport.send.bind(transport);
  transport.send = async (message, options) => {
    await watch('client', message);
    await send(message, options);
  };
  // The client calls this listener before its own.
  transport.onmessage = (message) => watch('server', message);
  await client.connect(transport);
  return client;
}
