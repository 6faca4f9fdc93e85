/** The ids that the manifest and the code share; `test/manifest.test.ts` compares them in both directions. */

export const commands = {
  openTrace: 'guardscope.openTrace',
  openTogether: 'guardscope.openTogether',
  replay: 'guardscope.replay',
  cancelReplay: 'guardscope.cancelReplay',
  chooseConfig: 'guardscope.chooseConfig',
  chooseGuard: 'guardscope.chooseGuard',
  choosePolicy: 'guardscope.choosePolicy',
  chooseMode: 'guardscope.chooseMode',
  useGuard: 'guardscope.useGuard',
  inspectGuard: 'guardscope.inspectGuard',
  checkGuard: 'guardscope.checkGuard',
  refreshGuards: 'guardscope.refreshGuards',
  openSample: 'guardscope.openSample',
  newGuard: 'guardscope.newGuard',
  newCall: 'guardscope.newCall',
  showLog: 'guardscope.showLog',
  showClause: 'guardscope.showClause',
  findClauses: 'guardscope.findClauses',
  showInterface: 'guardscope.showInterface',
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
  compareWith: 'guardscope.compareWith',
  revealSession: 'guardscope.revealSession',
  deleteSession: 'guardscope.deleteSession',
  createTest: 'guardscope.createTest',
  acceptDecisions: 'guardscope.acceptDecisions',
  acceptField: 'guardscope.acceptField',
} as const;

export const views = {
  sessions: 'guardscope.sessions',
  guards: 'guardscope.guards',
} as const;

/** Both open the same panel, and both by default: captures, and the gateway's log, which other names of files than ours have. */
export const editors = {
  trace: 'guardscope.trace',
  gatewayLog: 'guardscope.gatewayLog',
} as const;

export const contextKeys = {
  /** True while at least one trace panel is open. */
  hasSession: 'guardscope.hasSession',
  /** True when the Sessions view knows which traces there are. */
  hasListedSessions: 'guardscope.hasListedSessions',
  /** True when the Guards view knows which modules there are. */
  hasListedGuards: 'guardscope.hasListedGuards',
  /** True while at least one session is being captured. */
  hasLive: 'guardscope.hasLive',
  /** True while a guard enforces its decisions on at least one session. */
  hasEnforced: 'guardscope.hasEnforced',
} as const;

/** Settings below `guardscope.` with their defaults, equal to those in the manifest. */
export const settingDefaults = {
  config: '',
  guard: '',
  policy: '',
  mode: 'strict',
  traces: {},
  deadlineMs: 60_000,
  trustedBots: [],
  replayOnOpen: true,
  watch: true,
  whatIf: true,
  codeLens: true,
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

/** Id of the controller of guard tests; menus in the manifest name it. */
export const testController = 'guardscope.tests';

/** The prefix of every setting's id. */
export const settingsSection = 'guardscope';
