/** The allowed arrows between rooms; src/README.md says in words what this table says to the test. */

/** Room → rooms that its files may import. A room is the longest prefix here that a file's path starts with. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  'src/core/base': [],
  'src/core/go': ['src/core/base'],
  'src/core/wasm': ['src/core/base', 'src/core/wasm/decode', 'src/core/wasm/validate', 'src/core/wasm/adapt', 'src/core/wasm/describe'],
  'src/core/wasm/decode': ['src/core/go'],
  'src/core/wasm/validate': ['src/core/go', 'src/core/wasm/decode'],
  'src/core/wasm/adapt': ['src/core/wasm/decode'],
  'src/core/wasm/describe': ['src/core/go', 'src/core/wasm/decode', 'src/core/wasm/validate'],
  'src/core/mcp': ['src/core/base', 'src/core/go'],
  'src/core/redaction': ['src/core/base', 'src/core/go'],
  'src/core/difc/monitor': ['src/core/base', 'src/core/go', 'src/core/mcp', 'src/core/difc/record'],
  'src/core/difc/record': ['src/core/base'],
  'src/core/difc/account': ['src/core/base', 'src/core/go', 'src/core/mcp', 'src/core/difc/monitor', 'src/core/difc/record'],
  'src/core/policy': ['src/core/base', 'src/core/go'],
  'src/core/trace': ['src/core/base', 'src/core/go', 'src/core/mcp', 'src/core/difc/record', 'src/core/trace/model', 'src/core/trace/capture', 'src/core/trace/gatewayLog', 'src/core/trace/debugLog'],
  'src/core/trace/model': ['src/core/base', 'src/core/go', 'src/core/difc/record'],
  'src/core/trace/capture': ['src/core/base', 'src/core/go', 'src/core/mcp', 'src/core/trace/model', 'src/core/trace/gatewayLog'],
  'src/core/trace/gatewayLog': ['src/core/base', 'src/core/go', 'src/core/mcp', 'src/core/trace/model'],
  'src/core/trace/debugLog': ['src/core/base', 'src/core/go', 'src/core/mcp', 'src/core/difc/record', 'src/core/trace/model', 'src/core/trace/gatewayLog'],
  'src/core/exchange': ['src/core/base', 'src/core/go', 'src/core/mcp', 'src/core/redaction', 'src/core/trace', 'src/core/trace/capture'],
  'src/core/protocol': ['src/core/base', 'src/core/difc/record'],
  'src/core/samples': [],
  'src/engine/runtime': ['src/core/base', 'src/core/go', 'src/core/wasm', 'src/core/wasm/decode', 'src/core/wasm/adapt', 'src/core/wasm/describe', 'src/core/difc/record', 'src/core/trace/model'],
  'src/engine/guard': ['src/core/base', 'src/core/go', 'src/core/difc/monitor', 'src/core/difc/record', 'src/core/policy', 'src/core/trace/model', 'src/engine/runtime'],
  'src/engine/gateway': ['src/core/base', 'src/core/go', 'src/core/wasm', 'src/core/difc/monitor', 'src/core/difc/record', 'src/core/policy', 'src/engine/guard'],
  'src/engine/capture': ['src/core/base', 'src/core/mcp', 'src/core/redaction', 'src/core/trace', 'src/core/trace/model', 'src/core/trace/capture', 'src/core/trace/gatewayLog', 'src/core/trace/debugLog', 'src/core/exchange'],
  'src/engine/live': ['src/core/base', 'src/core/go', 'src/core/mcp', 'src/core/difc/monitor', 'src/core/difc/record', 'src/core/trace/model', 'src/core/trace/capture', 'src/engine/runtime', 'src/engine/guard', 'src/engine/capture', 'src/engine/replay', 'src/engine/session'],
  'src/engine/clients': ['src/core/base', 'src/core/redaction'],
  'src/engine/client': ['src/core/base'],
  'src/engine/replay': ['src/core/base', 'src/core/go', 'src/core/difc/monitor', 'src/core/difc/record', 'src/core/difc/account', 'src/core/policy', 'src/core/trace/model', 'src/engine/runtime', 'src/engine/guard'],
  'src/engine/session': ['src/core/base', 'src/core/go', 'src/core/wasm', 'src/core/difc/record', 'src/core/difc/account', 'src/core/policy', 'src/core/trace/model', 'src/core/protocol', 'src/engine/runtime', 'src/engine/guard', 'src/engine/replay'],
  'src/cli': ['src/core/base', 'src/core/go', 'src/core/wasm', 'src/core/difc/record', 'src/core/difc/account', 'src/core/policy', 'src/core/trace/model', 'src/core/exchange', 'src/engine/runtime', 'src/engine/guard', 'src/engine/gateway', 'src/engine/capture', 'src/engine/live', 'src/engine/clients', 'src/engine/client', 'src/engine/replay', 'src/engine/session'],
  'src/host': ['src/core/base', 'src/core/wasm', 'src/core/redaction', 'src/core/difc/record', 'src/core/policy', 'src/core/exchange', 'src/core/protocol', 'src/core/samples', 'src/engine/runtime', 'src/engine/capture', 'src/engine/live', 'src/engine/clients', 'src/engine/client', 'src/engine/session'],
  webview: ['src/core/base', 'src/core/difc/monitor', 'src/core/difc/record', 'src/core/protocol'],
};

/** Packages that a room may import beside Node's own; rooms not named here may import none. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  'src/core/policy': ['jsonc-parser'],
  'src/engine/capture': ['eventsource-parser'],
  'src/engine/client': [
    '@modelcontextprotocol/sdk/client/index.js',
    '@modelcontextprotocol/sdk/client/stdio.js',
    '@modelcontextprotocol/sdk/client/streamableHttp.js',
    '@modelcontextprotocol/sdk/shared/transport.js',
    '@modelcontextprotocol/sdk/types.js',
  ],
  'src/engine/clients': ['jsonc-parser', 'smol-toml'],
  'src/engine/live': ['jsonc-parser'],
  'src/engine/gateway': ['smol-toml'],
  'src/core/gatewayConfig/toml': ['smol-toml'],
  'src/engine/clientConfigs': ['jsonc-parser', 'smol-toml'],
  'src/engine/tap/http': ['eventsource-parser'],
  'src/engine/mcpClient': [
    '@modelcontextprotocol/sdk/client/index.js',
    '@modelcontextprotocol/sdk/client/stdio.js',
    '@modelcontextprotocol/sdk/client/streamableHttp.js',
    '@modelcontextprotocol/sdk/shared/transport.js',
    '@modelcontextprotocol/sdk/types.js',
  ],
  'src/host': ['vscode'],
  webview: [
    'preact',
    'preact/hooks',
    '@preact/signals',
    '@vscode/webview-ui-toolkit',
    'uplot',
    'uplot/dist/uPlot.min.css',
  ],
};

/** Files that may pass 300 lines, each with its reason. */
export const longFiles: Readonly<Record<string, string>> = {};
