import { startServers } from '/work/main/media/samples/capture/servers.mjs';
import { filesSession, memorySession } from '/work/main/media/samples/capture/session.mjs';
import { ResultSchema } from '/work/main/node_modules/@modelcontextprotocol/sdk/dist/esm/types.js';
const s = await startServers('/work/main/media/samples/files-and-memory', (srv, d, m) => { if (d==='client' && m.method!=='tools/call') console.log(srv, d, JSON.stringify(m).slice(0,200)); });
for (const c of Object.values(s.clients)) { const l = await c.listTools(); console.log(l.tools.map(t=>t.name).join()); }
const skip = new Set(['denied']);
for (const [srv, ses] of [['files', filesSession], ['memory', memorySession]]) for (const [tool, args, o] of ses) {
  const r = await s.clients[srv].request({ method: 'tools/call', params: { name: tool, arguments: args } }, ResultSchema).catch(e => 'REJECT ' + e.message);
  console.log('###', srv, tool, JSON.stringify(args).slice(0,120), o, '\n', JSON.stringify(r).slice(0, 500));
}
await s.close();
