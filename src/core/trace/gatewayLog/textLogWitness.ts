/** Reads the lines of `difc` and `startup` in the gateway's text log: label_agent, denials, forced policies, starts (gateway spec 4.7). */
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { readSanitizedText } from './sanitizer.ts';
import type {
  RecordedAgentLabels,
  RecordedDenial,
  RecordedForcedPublic,
  RecordedLabelAgent,
  RecordedWitness,
} from '../model/witness.ts';

/** Collector of the facts of one text log. Messages must be passed in order. */
export class TextLogWitness {
  readonly #labelAgents: Mutable<RecordedLabelAgent>[] = [];
  /** Calls of label_agent without an answer, by server and agent. */
  readonly #open = new Map<string, Mutable<RecordedLabelAgent>>();
  readonly #forced: RecordedForcedPublic[] = [];
  readonly #versions: string[] = [];
  /** Denials whose error line is due, by agent. */
  readonly #denials = new Map<string, Omit<RecordedDenial, 'file'>>();

  /** Reads a message of the category `difc`. */
  difc(message: string, line: number): void {
    const denied = deniedMessage.exec(message);
    if (denied !== null) {
      const [, agent = '', resource = '', reason = ''] = denied;
      this.#denials.set(agent, { resource, reason, line });
      return;
    }
    const [start = '', server = null] = serverStart.exec(message) ?? [];
    const rest = message.slice(start.length);
    const forced = forcedMessage.exec(rest);
    if (forced !== null) {
      this.#forced.push({ server, repository: forced[1] ?? '', line });
      return;
    }
    const labelled = labelAgentMessage.exec(rest);
    if (labelled === null || server === null) return;
    const [, kind, agent = '', guard = '', text = ''] = labelled;
    if (kind === 'Calling label_agent') this.#called(server, agent, guard, text, line);
    else this.#answered(server, agent, kind === 'label_agent failed' ? { error: text } : agentLabels(text));
  }

  /** Notes the version of the gateway that starts. */
  version(version: string): void {
    this.#versions.push(version);
  }

  /** Notes a start of the gateway. */
  started(): void {
    this.#open.clear();
    this.#denials.clear();
  }

  /** Returns the denial that led to an error of an agent's call, once. */
  takeDenial(agent: string, error: string): Omit<RecordedDenial, 'file'> | null {
    const denial = this.#denials.get(agent);
    if (denial === undefined || !error.includes(denial.reason)) return null;
    this.#denials.delete(agent);
    return denial;
  }

  /** Returns the facts so far. */
  end(file: string): RecordedWitness {
    return {
      labelAgents: this.#labelAgents.map((each) => ({ ...each, file })),
      forcedPublic: this.#forced.map((each) => ({ ...each, file })),
      versions: [...this.#versions],
    };
  }

  #called(server: string, agent: string, guard: string, text: string, line: number): void {
    const { value, redacted, remains } = readSanitizedText(text);
    const policy = remains === null && value !== null ? value : undefined;
    const call = { server, agent, guard, policy, redacted, answer: null, line };
    this.#labelAgents.push(call);
    this.#open.set(openKey(server, agent), call);
  }

  #answered(server: string, agent: string, answer: RecordedLabelAgent['answer']): void {
    const call = this.#open.get(openKey(server, agent));
    if (call !== undefined) call.answer = answer;
    this.#open.delete(openKey(server, agent));
  }
}

/** Reads the answer of label_agent as the gateway logs it: its parsed form, encoded again. null when the sanitiser destroyed it. */
export function agentLabels(text: string): RecordedAgentLabels | null {
  const { value, redacted, remains } = readSanitizedText(text);
  if (remains !== null || !isJsonObject(value)) return null;
  const { agent, difc_mode: mode } = value;
  const labels = isJsonObject(agent) ? agent : {};
  return {
    secrecy: strings(labels['secrecy']),
    integrity: strings(labels['integrity']),
    mode: typeof mode === 'string' ? mode : null,
    redacted,
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const serverStart = /^\[([^\]]*)\] /;
const labelAgentMessage =
  /^(Calling label_agent|label_agent response|label_agent failed): session=(.*?), guard=(.*?), (?:policy|response|error)=(.*)$/s;
const forcedMessage = /^FORCED REPOS=PUBLIC: workflow repo (\S+) is public/;
/** Every reason begins with one of these words (gateway `internal/difc/evaluator.go`). */
const deniedMessage = /^Access DENIED for agent (.*?) to (.*?): ((?:Agent|Resource) .*)$/s;

function strings(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((each: JsonValue): each is string => typeof each === 'string') : [];
}

function openKey(server: string, agent: string): string {
  return `${server}\u0000${agent}`;
}
