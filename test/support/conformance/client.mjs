/**
 * The SDK's client for the conformance suite: `node client.mjs [--tap CLI CAPTURE] URL`. With `--tap` it connects through a tap. The suite
 * sets MCP_CONFORMANCE_SCENARIO to the scenario.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { tapTarget } from './tapTarget.mjs';

const call = (name, args = {}) => [name, args];
const scenarios = {
  initialize: [],
  tools_call: [call('add_numbers', { a: 5, b: 3 })],
  'elicitation-sep1034-client-defaults': [call('test_client_elicitation_defaults')],
  'sse-retry': [call('test_reconnection')],
};

const { url, end } = await tapTarget();

const client = new Client(
  { name: 'conformance', version: '1' },
  { capabilities: { elicitation: { form: { applyDefaults: true } } } },
);
client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: {} }));
await client.connect(new StreamableHTTPClientTransport(new URL(url)));
await client.listTools();
for (const [name, args] of scenarios[process.env.MCP_CONFORMANCE_SCENARIO]) {
  await client.callTool({ name, arguments: args });
}
await client.close();
await end();
