/** Every id that the manifest and the code share, written once; `test/manifest.test.ts` compares both directions. */

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
  showLog: 'guardscope.showLog',
} as const;

export const views = {
  traces: 'guardscope.traces',
  guards: 'guardscope.guards',
} as const;

/** Both open the same panel; a capture opens in it by default, a gateway's log on request. */
export const editors = {
  trace: 'guardscope.trace',
  gatewayLog: 'guardscope.gatewayLog',
} as const;

export const contextKeys = {
  /** True while a trace panel is open. */
  hasSession: 'guardscope.hasSession',
} as const;

/** Settings below `guardscope.` with their defaults, which the manifest repeats. */
export const settingDefaults = {
  guard: '',
  policy: '',
  mode: 'strict',
  traces: {},
  deadlineMs: 60_000,
  trustedBots: [],
  replayOnOpen: true,
  exclude: '**/{node_modules,.git}/**',
} as const;

/** The part of a setting's id before its name. */
export const settingsSection = 'guardscope';
