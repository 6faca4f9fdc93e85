/** Opens the compose view in its page, and connects it with the host. */
import '../style/base.css';
import '../style/widgets.css';
import '../style/compose.css';
import { render } from 'preact';
import { Peer } from '../../src/core/base/rpc.ts';
import type {
  ComposeDraft,
  ComposeHostContract,
  ComposeState,
  ComposeViewContract,
} from '../../src/core/protocol/compose.ts';
import { stateMemento, type VsCodeApi, windowPort } from '../link.ts';
import { initialValue } from '../models/schemaForm.ts';
import { registerToolkit } from '../widgets/toolkit.ts';
import { type ComposeActions, ComposeApp } from './composeApp.tsx';

declare function acquireVsCodeApi(): VsCodeApi;

export function openComposer(root: HTMLElement): void {
  registerToolkit();
  const api = acquireVsCodeApi();
  const memento = stateMemento(api);
  let state: ComposeState = { server: '', origin: '', status: 'starting', message: '', tools: [], guard: 'none' };
  let draft: ComposeDraft = { tool: '', args: {} };
  let progress = '';
  const draw = (): void => {
    const onDraft = (next: ComposeDraft): void => {
      draft = next;
      memento.write(next);
      draw();
    };
    render(<ComposeApp state={state} draft={draft} onDraft={onDraft} progress={progress} actions={actions} />, root);
  };
  /** Selects the first tool when no tool is selected. */
  const chooseFirst = (): void => {
    const [first] = state.tools;
    if (draft.tool === '' && first !== undefined) draft = { tool: first.name, args: initialValue(first.inputSchema) };
  };
  const peer = new Peer<ComposeViewContract, ComposeHostContract>(windowPort(api), {
    changed: (next) => {
      state = next;
      chooseFirst();
      draw();
      return null;
    },
    draft: (next) => {
      draft = next;
      draw();
      return null;
    },
    progress: ({ text }) => {
      progress = text;
      draw();
      return null;
    },
  });
  const actions: ComposeActions = {
    send: (call) => {
      progress = '';
      return peer.ask('send', call);
    },
    cancel: () => void peer.ask('cancel', {}),
    restart: () => void peer.ask('restart', {}),
    stop: () => void peer.ask('stop', {}),
    showSession: () => void peer.ask('showSession', {}),
  };
  draw();
  void peer.ask('hello', {}).then((hello) => {
    state = hello.state;
    const saved = memento.read() as ComposeDraft | undefined;
    draft = hello.draft ?? saved ?? draft;
    chooseFirst();
    draw();
  });
}
