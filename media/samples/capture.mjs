/**
 * Captures the sample session from the real servers: `node media/samples/capture.mjs`. Writes the native traces (the session as the agent
 * had it, a guard only watching) and the gateway's log (the same session with the guard enforced), each from a fresh workspace.
 */
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { GatewayLog } from './capture/gatewayLog.mjs';
import { Monitor } from './capture/monitor.mjs';
import { loadProduct } from './capture/product.mjs';
import { startServers } from './capture/servers.mjs';
import { filesSession, memorySession } from './capture/session.mjs';

const samples = path.dirname(fileURLToPath(import.meta.url));
const sample = path.join(samples, 'files-and-memory');
const { version } = JSON.parse(readFileSync(path.join(samples, '../../package.json'), 'utf8'));
const policy = JSON.parse(readFileSync(path.join(sample, 'policy.json'), 'utf8'));
const session = [
  ...filesSession.map(([tool, args, outcome]) => ({ server: 'files', tool, args, outcome })),
  ...memorySession.map(([tool, args, outcome]) => ({ server: 'memory', tool, args, outcome })),
];
const traces = { files: 'trace.guardtrace.jsonl', memory: 'memory.guardtrace.jsonl' };

/** What a tap between the agent and each server sees, and what the guard says to it. */
async function captureTraces() {
  const guards = await loadGuards();
  const files = Object.fromEntries(Object.keys(traces).map((server) => [server, new TraceFile(server)]));
  // Look-ups of a guard that only watches go their own way, past the tap.
  const lookUp = (server, tool, args) => callTool(servers.quietClients[server], tool, args);
  const monitor = new Monitor(product, guards, policy, lookUp);
  let id;
  const servers = await startServers(sample, async (server, direction, msg) => {
    files[server].write({ dir: direction, msg });
    if (direction !== 'client' || msg.method !== 'tools/call') return;
    id = msg.id;
    await monitor.watchCall(server, msg.params.name, msg.params.arguments, files[server].heard(id));
  });
  try {
    for (const client of Object.values(servers.clients)) await client.listTools();
    for (const { server, tool, args } of session) {
      await pause();
      const result = await callTool(servers.clients[server], tool, args);
      await monitor.watchAnswer(server, tool, args, result, files[server].heard(id));
    }
  } finally {
    await closeAll(guards, servers);
  }
}

/** What the gateway logs while it enforces the policy; every call must end as the session says. */
async function captureGatewayLog() {
  const guards = await loadGuards();
  const servers = await startServers(sample, () => {});
  const log = new GatewayLog(path.join(sample, 'gateway-log'), product.encodeGoJson, Object.keys(traces));
  const logged = async (server, tool, args, agent) => {
    log.request(server, 'tools/call', { arguments: args, name: tool }, agent);
    const result = await callTool(servers.clients[server], tool, args);
    log.response(server, result, agent);
    return result;
  };
  try {
    for (const [server, client] of Object.entries(servers.clients)) {
      log.request(server, 'tools/list', null);
      log.response(server, await client.request({ method: 'tools/list' }, ResultSchema));
    }
    const monitor = new Monitor(product, guards, policy, logged);
    for (const [index, { server, tool, args, outcome }] of session.entries()) {
      await pause();
      const call = () => logged(server, tool, args, monitor.agent);
      log.clientCall(tool, args);
      const decision = await monitor.enforce(server, tool, args, call, (record) =>
        record.log.forEach((line) => log.guardSaid(server, line)),
      );
      if (decision.outcome === 'denied') log.denied(decision.resource.description, decision.coarse.reason);
      for (const item of decision.items ?? []) if (!item.allowed) log.filtered(server, tool, item);
      log.clientAnswer(tool, decision.client);
      console.log(`${String(index + 1).padStart(2)} ${server} ${tool}: ${decision.outcome}`);
      if (decision.outcome !== outcome) {
        throw new Error(
          `${tool} ${JSON.stringify(args)} was to be ${outcome}, but is ${decision.outcome}: ${decision.error}`,
        );
      }
    }
  } finally {
    await closeAll(guards, servers);
  }
}

/** A native capture: a header, then one line per message and per entry into the guard. */
class TraceFile {
  #file;
  #start = Date.now();

  constructor(server) {
    this.#file = path.join(sample, traces[server]);
    const start = new Date(this.#start).toISOString();
    const header = { schema: 'guardscope-trace/1', tool: 'guardscope', version, start, server, transport: 'stdio' };
    writeFileSync(this.#file, `${JSON.stringify({ ...header, redaction: [] })}\n`);
  }

  write(line) {
    appendFileSync(this.#file, `${JSON.stringify({ t: Date.now() - this.#start, ...line }, shorterTimes)}\n`);
  }

  /** Takes the guard's records that belong to a request. */
  heard(id) {
    return (record) => this.write({ guard: record, for: id });
  }
}

/** A nanosecond more or less says nothing. */
function shorterTimes(name, value) {
  return typeof value === 'number' && name.endsWith('Ms') ? Math.round(value * 1000) / 1000 : value;
}

async function loadGuards() {
  const bytes = readFileSync(path.join(sample, 'guard.wasm'));
  const guards = {};
  for (const name of Object.keys(traces)) {
    const loaded = await product.loadWasmGuard(bytes, { ...product.services, name });
    if (!loaded.ok) throw new Error(loaded.error);
    guards[name] = loaded.guard;
  }
  return guards;
}

async function closeAll(guards, servers) {
  for (const guard of Object.values(guards)) await guard.close();
  await servers.close();
}

/** Without the client's own checks: the agent of the session also makes mistakes. */
function callTool(client, name, args) {
  return client.request({ method: 'tools/call', params: { name, arguments: args } }, ResultSchema);
}

/** A person reads between the calls, and a model thinks. */
function pause() {
  return new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 500));
}

const product = await loadProduct();
try {
  await captureTraces();
  await captureGatewayLog();
} finally {
  product.close();
}
for (const name of Object.values(traces)) {
  copyFileSync(path.join(sample, name), path.join(samples, 'files-and-memory-as', name));
}
