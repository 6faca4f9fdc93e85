/** Opens the panel in its page: connects link, store and views. */
import './style/base.css';
import './style/widgets.css';
import './style/toolbar.css';
import './style/frame.css';
import './style/list.css';
import './style/detail.css';
import './style/decision.css';
import './style/items.css';
import './style/guard.css';
import './style/log.css';
import './style/compare.css';
import './style/whatIf.css';
import './style/text.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { stateMemento, type VsCodeApi, windowPort } from './link.ts';
import { openStore } from './store.ts';
import { registerToolkit } from './widgets/toolkit.ts';

declare function acquireVsCodeApi(): VsCodeApi;

export function openPanel(root: HTMLElement): void {
  registerToolkit();
  const api = acquireVsCodeApi();
  const store = openStore(windowPort(api), stateMemento(api));
  render(<App store={store} />, root);
  void store.start();
}
