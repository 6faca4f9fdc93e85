/** Reads the gateway's debug log of `guard:wasm` line by line: inputs of guard calls, their look-ups, and messages of the guard (gateway spec 4.7). */
import type { Line } from '../../base/lines.ts';
import { answerOfInputLine, type DebugInput, type GuardInput, readGuardInput } from './debugLogInput.ts';
import {
  continueMessage,
  type DebugLogForm,
  type DebugLogLine,
  guardNamespace,
  parseDebugLogLine,
} from './debugLogLine.ts';
import { DebugLogLookups, type DebugLookup } from './debugLogLookups.ts';
import { type DebugDeniedCall, DebugLogPhases, pipelineNamespace, serverNamespace } from './debugLogPhases.ts';
import { agentLabels } from '../gatewayLog/textLogWitness.ts';
import { storedAnswer } from '../model/storedAnswer.ts';
import type { LineStore } from '../model/payloads.ts';
import type { TraceProblems } from '../model/traceProblems.ts';

/** One `host_log` message of a guard. */
export interface DebugMessage {
  readonly guard: string;
  /** The guard call that logged it. */
  readonly input: DebugInput | null;
  readonly level: number | null;
  readonly message: string;
  readonly line: number;
}

/** The content of a debug log, in the order of its lines. */
export interface DebugLogContent {
  /** null when the log has no line of `guard:wasm`. */
  readonly form: DebugLogForm | null;
  readonly inputs: readonly DebugInput[];
  readonly lookups: readonly DebugLookup[];
  readonly messages: readonly DebugMessage[];
  /** Denied calls without a guard input. */
  readonly denied: readonly DebugDeniedCall[];
}

/** Reader of a debug log. Lines must be passed in order; lines of other namespaces and programs are skipped. */
export class GatewayDebugLogReader {
  readonly #problems: TraceProblems;
  readonly #store: LineStore;
  readonly #inputs: DebugInput[] = [];
  readonly #messages: DebugMessage[] = [];
  readonly #lookups: DebugLogLookups;
  readonly #phases = new DebugLogPhases();
  /** The latest call of each guard: a guard runs one at a time (gateway spec 1.9). */
  readonly #latest = new Map<string, DebugInput>();
  #form: DebugLogForm | null = null;
  #open: { readonly line: DebugLogLine; readonly number: number; parts: string[]; length: number } | null = null;
  #dropped = 0;

  constructor(problems: TraceProblems, store: LineStore) {
    this.#problems = problems;
    this.#store = store;
    this.#lookups = new DebugLogLookups(problems, store);
  }

  /** Whether the log contains a guard input so far. */
  get hasInputs(): boolean {
    return this.#inputs.length > 0;
  }

  line(line: Line, bytes: Uint8Array, text: string): void {
    const record = parseDebugLogLine(text);
    if (record === null) {
      this.#continue(text);
      return;
    }
    this.#flush();
    if (record.namespace === 'rpc' && record.form === 'copy') this.#lookups.rpc(record.message, line, bytes);
    if (record.namespace === pipelineNamespace || record.namespace === serverNamespace)
      this.#phase(record, line.number);
    if (record.namespace !== guardNamespace) return;
    // Without a log folder, the copy goes to stdout. If stdout and stderr are in one file, each message would count twice.
    this.#form ??= record.form;
    if (record.form !== this.#form) return;
    if (record.message.startsWith('[guard:') || record.message.startsWith(failedLookup)) {
      this.#open = { line: record, number: line.number, parts: [record.message], length: record.message.length };
      if (record.complete) this.#flush();
      return;
    }
    const input = readGuardInput(record.message, record.form);
    if (input === null) this.#note(record.message, line.number);
    else this.#input(input, record, line, bytes);
  }

  /** Reads a line of which only the beginning is available. */
  damaged(line: Line, beginning: string): void {
    this.#flush();
    const record = parseDebugLogLine(beginning);
    const input = record === null ? null : readGuardInput(record.message, record.form);
    if (record !== null && input !== null && input.kind === 'damaged') this.#keep(damagedInput(input), record, line);
  }

  /** Returns the content so far. While the log grows, a message that may continue on further lines is not included. */
  content(problems: TraceProblems, growing: boolean): DebugLogContent {
    if (!growing) this.#flush();
    if (this.#dropped > 0) {
      const message = `The guard logged more than ${maxMessages} messages; the last ${this.#dropped} were skipped`;
      problems.add('info', 'trace/guard-log-dropped', message);
    }
    const lookups = this.#lookups.end();
    return { form: this.#form, inputs: this.#inputs, lookups, messages: this.#messages, denied: this.#phases.denied };
  }

  #input(input: GuardInput, record: DebugLogLine, line: Line, bytes: Uint8Array): void {
    if (input.kind === 'damaged') {
      this.#bad(line.number, input.reason);
      this.#keep(damagedInput(input), record, line);
      return;
    }
    const { function: name, size, value, exact, differs } = input;
    if (differs !== null) {
      const message = `The ${name} input had ${size} bytes, but the line has ${differs}: the input was changed after it was logged`;
      const hint = 'A CI runner masks its secrets, so the guard may see other values than in the recorded session';
      this.#problems.add('warning', 'trace/changed-input', message, line.number, hint);
    }
    if (name === 'label_agent') {
      this.#keep({ ...noInput, function: name, size, exact, policy: value }, record, line);
      return;
    }
    const { tool_name: tool, tool_args: args, tool_result: result } = value;
    if (typeof tool !== 'string' || (name === 'label_response' && result === undefined)) {
      this.#bad(line.number, `the ${name} input has no "${typeof tool === 'string' ? 'tool_result' : 'tool_name'}"`);
      return;
    }
    const answer = name === 'label_response' ? storedAnswer(line, bytes, this.#store, answerOfInputLine) : undefined;
    this.#keep({ ...noInput, function: name, size, tool, args, exact, answer }, record, line);
  }

  #keep(input: InputContent, record: DebugLogLine, line: Line): void {
    const { number, length } = line;
    const later = { guard: null, server: null, operation: null, labels: null, agent: null, denied: null };
    const kept: DebugInput = { ...input, line: number, bytes: length, time: record.time, ...later };
    this.#inputs.push(kept);
    if (kept.function === 'label_resource') this.#phases.labelled(kept);
    if (kept.function === 'label_agent') kept.server = this.#phases.serverOfNext;
  }

  /** Reads a line of the pipeline, in the form of the guard's lines. */
  #phase({ form, namespace, message }: DebugLogLine, line: number): void {
    this.#form ??= form;
    if (form !== this.#form) return;
    if (namespace === serverNamespace) this.#phases.began(message);
    else this.#phases.note(message, line);
  }

  /** Reads a message of the gateway about a guard call. */
  #note(message: string, line: number): void {
    if (message.includes(' input JSON')) {
      this.#bad(line, 'it mentions the input of a guard call, but not in the gateway’s format');
      return;
    }
    const called = calledPattern.exec(message);
    if (called !== null) {
      this.#named(
        called[1] ?? '',
        (input) => input.function === called[2] && [null, Number(called[3])].includes(input.size),
      );
      return;
    }
    const completed = completedPattern.exec(message);
    if (completed !== null) {
      const input = this.#last(({ function: name, tool }) => name === 'label_resource' && tool === completed[1]);
      if (input === undefined) return;
      input.operation ??= completed[2] ?? null;
      this.#phases.completed(input);
      return;
    }
    const labelled = labelledPattern.exec(message);
    if (labelled !== null) {
      const input = this.#last(({ function: name, guard }) => name === 'label_agent' && guard === labelled[1]);
      if (input !== undefined) input.labels = agentLabels(labelled[2] ?? '');
      return;
    }
    const asked = askedPattern.exec(message);
    if (asked !== null) this.#lookups.asked(asked[1] ?? '', this.#inputs.at(-1) ?? null, line);
  }

  /** Assigns the guard's name to the latest fitting call that has none. */
  #named(guard: string, fits: (input: DebugInput) => boolean): void {
    const input = this.#last((each) => each.guard === null && fits(each));
    if (input === undefined) return;
    input.guard = guard;
    this.#latest.set(guard, input);
  }

  /** Returns the latest fitting call among the last ones, as many as can run at the same time. */
  #last(fits: (input: DebugInput) => boolean): DebugInput | undefined {
    return this.#inputs.slice(-callsAtATime).findLast(fits);
  }

  #continue(text: string): void {
    const open = this.#open;
    if (open === null) return;
    const { message, complete } =
      open.line.form === 'stderr' ? continueMessage(text) : { message: text, complete: false };
    open.parts.push(message);
    open.length += message.length;
    if (complete || open.length > messageLength) this.#flush();
  }

  /** Finishes the open message. */
  #flush(): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    const text = open.parts.join('\n');
    if (text.startsWith(failedLookup)) {
      this.#lookups.failed(text.slice(failedLookup.length));
      return;
    }
    const found = hostLogPattern.exec(text);
    if (found === null) return;
    const [, guard = '', word, message = ''] = found;
    const last = this.#inputs.at(-1);
    this.#named(guard, (input) => input === last);
    if (this.#messages.length >= maxMessages) {
      this.#dropped++;
      return;
    }
    const level = word === undefined ? null : levels.indexOf(word);
    this.#messages.push({ guard, input: this.#latest.get(guard) ?? null, level, message, line: open.number });
  }

  #bad(line: number, reason: string): void {
    this.#problems.add('error', 'trace/bad-line', `This line cannot be used: ${reason}`, line, badLineHint);
  }
}

type LaterFacts = Pick<DebugInput, 'guard' | 'server' | 'operation' | 'labels' | 'agent' | 'denied'>;
type InputContent = Omit<DebugInput, 'line' | 'bytes' | 'time' | keyof LaterFacts>;

const noInput = { tool: '', args: undefined, answer: undefined, policy: undefined };

function damagedInput({ function: name, size, tool, args }: Extract<GuardInput, { kind: 'damaged' }>): InputContent {
  return { ...noInput, function: name, size, tool: tool ?? '', args, exact: false };
}

const levels: readonly string[] = ['DEBUG', 'INFO', 'WARN', 'ERROR'];
const hostLogPattern = /^\[guard:(.*?)\] (?:(DEBUG|INFO|WARN|ERROR): )?(.*)$/s;
const calledPattern = /^callWasmFunction: guard=(.*), func=(label_[a-z]+), inputSize=(\d+)$/s;
const completedPattern = /^LabelResource completed: toolName=(.*), operation=(.*)$/s;
const labelledPattern = /^LabelAgent parsed response: guard=(.*?), response=(.*)$/s;
const askedPattern = /^WASM guard calling backend: tool=(.*)$/s;
const failedLookup = 'Backend call failed: ';
const callsAtATime = 16;
const maxMessages = 50_000;
const messageLength = 1024 * 1024;
const badLineHint = 'The gateway writes exact inputs to its stderr with DEBUG=guard:wasm in its environment at start';
