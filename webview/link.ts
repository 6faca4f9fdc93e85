/** The webview's side of the link to the extension host: VS Code's message channel as a port. */
import type { Peer, Port } from '../src/core/base/rpc.ts';
import type { HostContract, ViewContract } from '../src/core/protocol/panel.ts';

/** The API object that VS Code gives to a webview once. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** Requests to the host. */
export type Host = Pick<Peer<ViewContract, HostContract>, 'ask'>;

/** State of the view that survives hiding and reloading. */
export interface Memento {
  read(): unknown;
  write(state: unknown): void;
}

/** VS Code's message channel as a port. It stays open until the page is unloaded. */
export function windowPort(api: VsCodeApi): Port {
  return {
    post: (message) => api.postMessage(message),
    listen: (onMessage) => {
      window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (typeof data === 'object' && data !== null && 'kind' in data) onMessage(data);
      });
    },
  };
}

/** VS Code's webview state as a memento. */
export function stateMemento(api: VsCodeApi): Memento {
  return { read: () => api.getState(), write: (state) => api.setState(state) };
}
