/** Reads the lines of `guard:pipeline` and `server:unified`: server and agent of a call, and the result of the coarse check (gateway `internal/guard/pipeline.go`). */
import type { CallingAgent, DebugDenial, DebugInput } from './debugLogInput.ts';

/** Namespace of the lines about the phases of a call. */
export const pipelineNamespace = 'guard:pipeline';
/** Namespace of the lines that begin a call. */
export const serverNamespace = 'server:unified';

/** A denied call of a server whose guard is not a module, such as a write-sink: it has no guard input, and its arguments are not in the log. */
export interface DebugDeniedCall {
  readonly server: string;
  readonly tool: string;
  readonly agent: CallingAgent | null;
  readonly denied: DebugDenial;
}

/**
 * Assigns servers and agents to label_resource inputs: the lines of the call's begin and of phase 0 come before the input, that of phase 2
 * after it. When several agents wait for the guard, only the line of phase 2 says whose call it was.
 */
export class DebugLogPhases {
  /** Denied calls without a guard input, in order. */
  readonly denied: DebugDeniedCall[] = [];
  /** Calls that began and were not labelled yet, oldest first. */
  #begun: { readonly server: string; readonly tool: string }[] = [];
  /** Agents whose label_resource is due, oldest first. */
  #due: CallingAgent[] = [];
  /** The latest input whose phase 2 is due. */
  #checked: DebugInput | null = null;

  /** Reads a message of the server. */
  began(message: string): void {
    const found = beginMessage.exec(message);
    if (found === null) return;
    this.#begun = [...this.#begun.slice(-dueCalls), { server: found[1] ?? '', tool: found[2] ?? '' }];
  }

  /** Reads a message of the pipeline. */
  note(message: string, line: number): void {
    const start = phase0.exec(message);
    if (start !== null) {
      const [, id = '', secrecy = '', integrity = ''] = start;
      this.#due = [...this.#due.slice(-dueCalls), { id, secrecy: tags(secrecy), integrity: tags(integrity) }];
      return;
    }
    const input = this.#checked;
    const denied = phase2Denied.exec(message);
    const agent = denied?.[1] ?? phase2Allowed.exec(message)?.[1];
    const caller = agent === undefined ? null : this.#resolve(input, agent);
    if (denied !== null) this.#deny(input, caller, { resource: denied[2] ?? '', reason: denied[3] ?? '', line });
    else if (input === null && agent !== undefined) this.#leave((tool) => message.includes(`(${tool})`));
    if (message.startsWith('[DIFC] Phase 2: ')) this.#checked = null;
  }

  /** Notes a label_resource input. */
  labelled(input: DebugInput): void {
    input.server = this.#leave((tool) => tool === input.tool)?.server ?? null;
    const [first, ...others] = this.#due;
    if (first === undefined || others.some(({ id }) => id !== first.id)) return;
    input.agent = first;
    this.#due = others;
  }

  /** Notes that label_resource returned. */
  completed(input: DebugInput): void {
    this.#checked = input;
  }

  /** The server of the oldest call that began and was not labelled yet; null when unknown. */
  get serverOfNext(): string | null {
    return this.#begun[0]?.server ?? null;
  }

  /** `input`: null for a call of a guard that is not a module, which has no input. */
  #resolve(input: DebugInput | null, agent: string): CallingAgent | null {
    if (input !== null && input.agent !== null) return input.agent;
    const at = this.#due.findIndex(({ id }) => id === agent);
    const caller = this.#due[at] ?? { id: agent, secrecy: [], integrity: [] };
    if (input !== null) input.agent = caller;
    if (at >= 0) this.#due.splice(at, 1);
    return caller;
  }

  #deny(input: DebugInput | null, agent: CallingAgent | null, denied: DebugDenial): void {
    if (input !== null) {
      input.denied = denied;
      return;
    }
    // A write-sink describes its resource by the tool.
    const call = this.#leave((tool) => denied.resource.includes(`(${tool})`)) ?? this.#leave(() => true);
    if (call !== undefined) this.denied.push({ ...call, agent, denied });
  }

  /** Takes the oldest begun call with a fitting tool. */
  #leave(fits: (tool: string) => boolean): { readonly server: string; readonly tool: string } | undefined {
    const at = this.#begun.findIndex(({ tool }) => fits(tool));
    return at < 0 ? undefined : this.#begun.splice(at, 1)[0];
  }
}

const beginMessage = /^callBackendTool: serverID=(.*?), toolName=(.*?), args=/s;
const phase0 = /^\[DIFC\] Phase 0: agent=(.*) secrecy=\[(.*)\] integrity=\[(.*)\]$/s;
const phase2Allowed = /^\[DIFC\] Phase 2: access allowed for agent (.*?) to /s;
const phase2Denied = /^\[DIFC\] Phase 2: access denied for agent (.*?) to (.*?): ((?:Agent|Resource) .*)$/s;

/** Maximum number of calls that wait for a guard at the same time. */
const dueCalls = 1000;

/** Reads Go's text of a list of tags. */
function tags(text: string): readonly string[] {
  return text.split(' ').filter((tag) => tag !== '');
}
