/** The contract between the view that composes calls and the extension host, which holds the running server. */
import type { JsonObject, JsonValue } from '../base/json.ts';

/** A tool that can be called. */
export interface ComposeTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
}

/** State of the server that the view calls. */
export interface ComposeState {
  /** The server's id, as in policies. */
  readonly server: string;
  /** The command or address, for the tooltip. */
  readonly origin: string;
  readonly status: 'starting' | 'running' | 'ended' | 'failed';
  /** Why it failed or ended; empty otherwise. */
  readonly message: string;
  readonly tools: readonly ComposeTool[];
  /** Whether a guard checks the calls, and whether its decisions are enforced. */
  readonly guard: 'none' | 'watch' | 'enforce';
}

/** A call to start from, for example one of a capture, to edit and resend. */
export interface ComposeDraft {
  readonly tool: string;
  readonly args: JsonValue;
}

/** Result of a call that was sent. */
export interface ComposeAnswer {
  readonly kind: 'result' | 'error' | 'cancelled';
  readonly ms: number;
  /** The result as JSON, or the error message. */
  readonly text: string;
  readonly isError: boolean;
}

/** Requests of the view that the host answers. */
export type ComposeHostContract = {
  hello: { in: Record<string, never>; out: { readonly state: ComposeState; readonly draft: ComposeDraft | null } };
  /** Answers once the server has answered. */
  send: { in: ComposeDraft; out: ComposeAnswer };
  cancel: { in: Record<string, never>; out: null };
  /** Restarts a server that has ended, with a new capture. */
  restart: { in: Record<string, never>; out: null };
  stop: { in: Record<string, never>; out: null };
  /** Brings the panel of the capture to the front. */
  showSession: { in: Record<string, never>; out: null };
};

/** Notifications of the host; the view answers with null. */
export type ComposeViewContract = {
  changed: { in: ComposeState; out: null };
  draft: { in: ComposeDraft; out: null };
  progress: { in: { readonly text: string }; out: null };
};
