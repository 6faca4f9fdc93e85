/**
 * The SDK's client of MCP 2026-07-28 for the conformance suite: `node statelessClient.mjs [--tap CLI CAPTURE] URL`. With `--tap` it connects
 * through a tap. The suite sets MCP_CONFORMANCE_CONTEXT to the calls that a scenario asks for; without them, every tool is called.
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { tapTarget } from './tapTarget.mjs';

const { url, end } = await tapTarget();

/** A scenario may have no such list, or refuse a request on purpose; the suite judges what it got. */
const attempt = (work) => work().catch(() => undefined);

const client = new Client(
  { name: 'conformance', version: '1' },
  { capabilities: { elicitation: { form: { applyDefaults: true } } }, versionNegotiation: { mode: 'auto' } },
);
client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { confirmed: true } }));
await client.connect(new StreamableHTTPClientTransport(new URL(url)));
const { tools } = await client.listTools();
const asked = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}').toolCalls;
const numbers = (name) => (name === 'add_numbers' ? { a: 5, b: 3 } : {});
for (const call of asked ?? tools.map(({ name }) => ({ name, arguments: numbers(name) })))
  await attempt(() => client.callTool(call));
await attempt(async () => {
  for (const { name } of (await client.listPrompts()).prompts) await client.getPrompt({ name });
});
await attempt(async () => {
  for (const { uri } of (await client.listResources()).resources) await client.readResource({ uri });
});
await client.close();
await end();
