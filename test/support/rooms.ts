/** The allowed arrows between rooms; src/README.md says in words what this table says to the test. */

/** Room → rooms that its files may import. A room is the longest prefix here that a file's path starts with. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  'src/core/base': [],
  'src/core/wasm': ['src/core/base'],
  'src/core/mcp': ['src/core/base'],
  'src/core/difc': ['src/core/base', 'src/core/mcp'],
  'src/core/policy': ['src/core/base'],
  'src/core/trace': ['src/core/base', 'src/core/mcp', 'src/core/difc'],
  'src/core/exchange': ['src/core/base', 'src/core/mcp', 'src/core/trace'],
  'src/core/samples': ['src/core/base'],
  'src/core/protocol': ['src/core/base', 'src/core/difc'],
  'src/engine/runtime': ['src/core/'],
  'src/engine/guard': ['src/core/', 'src/engine/runtime'],
  'src/engine/gateway': ['src/core/', 'src/engine/runtime', 'src/engine/guard'],
  'src/engine/capture': ['src/core/'],
  'src/engine/client': ['src/core/'],
  'src/engine/clients': ['src/core/'],
  'src/engine/replay': ['src/core/', 'src/engine/runtime', 'src/engine/guard', 'src/engine/capture'],
  'src/engine/live': ['src/core/', 'src/engine/'],
  'src/engine/session': ['src/core/', 'src/engine/'],
  'src/cli': ['src/core/', 'src/engine/'],
  'src/host': ['src/core/', 'src/engine/'],
  webview: ['src/core/base', 'src/core/difc', 'src/core/protocol'],
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
