/** The host of the preview, inside the page: answers the panel's questions through the product's own link, and plays a run. */
import { Failure } from '../../../src/core/base/failure.ts';
import { type Handlers, Peer, type Port } from '../../../src/core/base/rpc.ts';
import type { HostContract, LiveGuardMode, PanelCommand, ViewContract } from '../../../src/core/protocol/panel.ts';
import type { VsCodeApi } from '../../../webview/link.ts';
import { clausesOf } from './clauses.ts';
import { PreviewRun } from './run.ts';
import { scenarios } from './scenarios.ts';
import { themes } from './themes.ts';

declare global {
  interface Window {
    /** VS Code's function of this name, as the panel expects it. */
    acquireVsCodeApi: () => VsCodeApi;
    /** The commands that the panel gave, for checks. */
    commands: PanelCommand[];
    /** Adds calls to the session. */
    grow: (by?: number) => void;
    /** Makes the host reveal a call. */
    selectCall: (index: number) => void;
  }
}

const asked = new URLSearchParams(location.search);
const option = (name: string, otherwise: string): string => asked.get(name) ?? otherwise;
const scenarioName = option('scenario', 'done');
const scenario = scenarios[scenarioName];
if (scenario === undefined)
  throw new Error(`There is no scenario "${scenarioName}"; there are ${Object.keys(scenarios).join(', ')}`);

const live =
  scenarioName === 'live'
    ? {
        mode: option('live', 'recording') as LiveGuardMode,
        since: '2026-11-23T02:30:05.000Z',
        follow: true,
        running: 0,
      }
    : null;
const run = new PreviewRun(scenario, Number(option('calls', '30')), live);
const delayMs = Number(option('delay', '2'));
let playing: number | undefined;

const handlers: Handlers<HostContract> = {
  hello: () => later(() => run.state()),
  rows: ({ from, count, filter }) => later(() => run.index.page(from, count, filter)),
  locate: ({ index, filter }) => later(() => run.index.locate(index, filter)),
  detail: ({ index }) => later(() => run.detail(index)),
  items: ({ index, from, count }) => later(() => run.items(index, from, count)),
  memory: ({ buckets }) => later(() => ({ points: run.memory(buckets), limit: 512 * 65_536 })),
  clauses: ({ index }) => later(() => clausesOf(index)),
  text: (name) =>
    later(() => {
      const text = run.text(name);
      if (text === null) throw new Failure('preview/no-text', `The call has no ${name.of}`);
      return text;
    }),
  command: (command) => later(() => obey(command)),
};

let receive: (message: unknown) => void = () => undefined;

/** Receives messages of the panel, and posts messages of the host to the window, where the panel listens. */
const port: Port = {
  post: (message) => window.postMessage(structuredClone(message), '*'),
  listen: (onMessage) => {
    receive = onMessage;
  },
};
const panel = new Peer<HostContract, ViewContract>(port, handlers);

applyTheme(option('theme', 'dark'));
window.commands = [];
window.selectCall = (index) => void panel.ask('select', { index });
window.grow = (by = 1) => {
  run.grow(by);
  announce();
};
window.acquireVsCodeApi = () => ({
  postMessage: (message) => receive(structuredClone(message)),
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
  setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
});
if (scenarioName === 'running') setTimeout(play, 50);

/** Answers asynchronously, like a real host. */
function later<T>(answer: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        resolve(answer());
      } catch (thrown) {
        reject(thrown);
      }
    }, delayMs);
  });
}

function obey(command: PanelCommand): null {
  window.commands.push(command);
  if (command.run === 'exportDecisions') throw new Failure('preview/refused', 'The preview writes no files');
  if (command.run === 'replay') play();
  if (command.run === 'cancel') cancel();
  if (command.run === 'setMode') run.mode = command.mode ?? 'strict';
  if (command.run === 'setFollow' && run.live !== null) run.live = { ...run.live, follow: command.follow };
  announce();
  return null;
}

function play(): void {
  run.begin();
  clearInterval(playing);
  playing = window.setInterval(() => {
    if (run.advance(Math.max(1, Math.round(run.calls / 40)))) clearInterval(playing);
    announce();
  }, 100);
}

function cancel(): void {
  clearInterval(playing);
  run.cancel();
}

function announce(): void {
  run.revision++;
  void panel.ask('changed', run.state());
}

function applyTheme(name: string): void {
  const theme = themes[name];
  if (theme === undefined) throw new Error(`There is no theme "${name}"; there are ${Object.keys(themes).join(', ')}`);
  for (const [key, value] of Object.entries(theme.variables)) {
    if (value !== undefined) document.documentElement.style.setProperty(`--vscode-${key}`, value);
  }
  document.body.className = theme.kind;
  document.body.dataset['vscodeThemeKind'] = theme.kind;
}
