/** The ids that the manifest and the code share; `test/manifest.test.ts` compares them in both directions. */

export const commands = {
  openTrace: 'guardscope.openTrace',
  replay: 'guardscope.replay',
  cancelReplay: 'guardscope.cancelReplay',
  chooseGuard: 'guardscope.chooseGuard',
  choosePolicy: 'guardscope.choosePolicy',
  chooseMode: 'guardscope.chooseMode',
  useGuard: 'guardscope.useGuard',
  inspectGuard: 'guardscope.inspectGuard',
  refreshGuards: 'guardscope.refreshGuards',
  openSample: 'guardscope.openSample',
  newCall: 'guardscope.newCall',
  showLog: 'guardscope.showLog',
  captureServer: 'guardscope.captureServer',
  releaseServer: 'guardscope.releaseServer',
  showLive: 'guardscope.showLive',
  watchLive: 'guardscope.watchLive',
  enforceLive: 'guardscope.enforceLive',
  stopEnforcing: 'guardscope.stopEnforcing',
  followLog: 'guardscope.followLog',
  importTrace: 'guardscope.importTrace',
  exportTrace: 'guardscope.exportTrace',
  compareTools: 'guardscope.compareTools',
  revealSession: 'guardscope.revealSession',
  deleteSession: 'guardscope.deleteSession',
} as const;

export const views = {
  sessions: 'guardscope.sessions',
  guards: 'guardscope.guards',
} as const;

/** Both open the same panel: captures by default, the gateway's log only on request. */
export const editors = {
  trace: 'guardscope.trace',
  gatewayLog: 'guardscope.gatewayLog',
} as const;

export const contextKeys = {
  /** True while at least one trace panel is open. */
  hasSession: 'guardscope.hasSession',
  /** True while at least one session is being captured. */
  hasLive: 'guardscope.hasLive',
  /** True while a guard enforces its decisions on at least one session. */
  hasEnforced: 'guardscope.hasEnforced',
} as const;

/** Settings below `guardscope.` with their defaults, equal to those in the manifest. */
export const settingDefaults = {
  guard: '',
  policy: '',
  mode: 'strict',
  traces: {},
  deadlineMs: 60_000,
  trustedBots: [],
  replayOnOpen: true,
  exclude: '**/{node_modules,.git}/**',
  'capture.redact': true,
  'capture.folder': '',
  'capture.maxFileSizeMiB': 1024,
  'capture.keepSessions': 50,
  'capture.publish': 'list',
  'capture.notify': true,
} as const;

/** Id of the provider that offers captured servers to VS Code's MCP client. */
export const serverDefinitions = 'guardscope.capturedServers';

/** The prefix of every setting's id. */
export const settingsSection = 'guardscope';
