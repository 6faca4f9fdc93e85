/** The contract between the view that composes calls and the extension host, which holds the running server. */
import type { JsonObject, JsonValue } from '../base/json.ts';

/** A tool that can be called. */
export interface ComposeTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
}

/** How the server behind the view stands. */
export interface ComposeState {
  /** The server's id, as in policies. */
  readonly server: string;
  /** The command or address, for the tooltip. */
  readonly origin: string;
  readonly status: 'starting' | 'running' | 'ended' | 'failed';
  /** Why it failed or ended; empty otherwise. */
  readonly message: string;
  readonly tools: readonly ComposeTool[];
  /** Whether a guard stands before the server. */
  readonly guard: 'none' | 'watch' | 'enforce';
}

/** A call to begin with: that of a capture, to be edited and sent again. */
export interface ComposeDraft {
  readonly tool: string;
  readonly args: JsonValue;
}

/** What became of a call that was sent. */
export interface ComposeAnswer {
  readonly kind: 'result' | 'error' | 'cancelled';
  readonly ms: number;
  /** The result as JSON, or the error's sentence. */
  readonly text: string;
  readonly isError: boolean;
}

/** Questions that the view asks and the host answers. */
export type ComposeHostContract = {
  hello: { in: Record<string, never>; out: { readonly state: ComposeState; readonly draft: ComposeDraft | null } };
  /** Answers when the server has. */
  send: { in: ComposeDraft; out: ComposeAnswer };
  cancel: { in: Record<string, never>; out: null };
  /** Starts a server that has ended anew, in a capture of its own. */
  restart: { in: Record<string, never>; out: null };
  stop: { in: Record<string, never>; out: null };
  /** Brings the panel of the capture to the front. */
  showSession: { in: Record<string, never>; out: null };
};

/** Announcements that the host makes; the view answers with null. */
export type ComposeViewContract = {
  changed: { in: ComposeState; out: null };
  draft: { in: ComposeDraft; out: null };
  progress: { in: { readonly text: string }; out: null };
};
