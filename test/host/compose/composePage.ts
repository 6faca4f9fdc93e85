/** The page of "New Call…" as a test: it asks what the page asks, and keeps what the host sends. */
import { Peer } from '../../../src/core/base/rpc.ts';
import type {
  ComposeDraft,
  ComposeHostContract,
  ComposeState,
  ComposeViewContract,
} from '../../../src/core/protocol/compose.ts';
import type { FakeWebviewPanel } from '../../support/vscode/api.ts';

/** A page that is connected to a panel. */
export class ComposePage {
  readonly panel: FakeWebviewPanel;
  readonly states: ComposeState[] = [];
  readonly drafts: ComposeDraft[] = [];
  readonly progress: string[] = [];
  /** Asks the host. */
  readonly host: Peer<ComposeViewContract, ComposeHostContract>;

  constructor(panel: FakeWebviewPanel) {
    this.panel = panel;
    const port = {
      post: (message: unknown) => queueMicrotask(() => panel.toHost.fire(structuredClone(message))),
      listen: (onMessage: (message: unknown) => void) => void panel.toPage.event(onMessage),
    };
    const kept =
      <T>(list: T[]) =>
      (value: T): null => {
        list.push(value);
        return null;
      };
    this.host = new Peer<ComposeViewContract, ComposeHostContract>(port, {
      changed: kept(this.states),
      draft: kept(this.drafts),
      progress: ({ text }) => kept(this.progress)(text),
    });
  }

  /** The state that the host gives now. */
  async state(): Promise<ComposeState> {
    return (await this.host.ask('hello', {})).state;
  }
}
