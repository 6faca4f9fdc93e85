/** Guards for tests that give fixed answers, and traces with fixed calls. */
import type { JsonValue } from '../../../src/core/base/json.ts';
import { type GuardText, guardBytes } from '../../engine/runtime/guards.ts';

/** The answers of a canned guard: a value or a text for the three functions, or a function body in the text format. */
export interface CannedAnswers {
  readonly label_agent?: CannedAnswer;
  readonly label_resource?: CannedAnswer;
  readonly label_response?: CannedAnswer;
  /** Further fields of the module. */
  readonly rest?: string;
}

export type CannedAnswer = { readonly json: JsonValue } | { readonly text: string } | { readonly body: string };

const rightAnswers = {
  label_agent: { json: { agent: { secrecy: [], integrity: [] }, difc_mode: 'filter' } },
  label_resource: { json: { resource: { description: 'r', secrecy: [], integrity: [] }, operation: 'read' } },
  label_response: { json: { labeled_paths: [], default_labels: { secrecy: [], integrity: [] } } },
} as const;

const functions = ['label_agent', 'label_resource', 'label_response'] as const;

/** A module that gives these answers; absent ones are right. */
export function cannedGuard(answers: CannedAnswers = {}): Uint8Array<ArrayBuffer> {
  let at = 1024;
  let rest = answers.rest ?? '';
  const bodies: Partial<Record<(typeof functions)[number], string>> = {};
  for (const name of functions) {
    const answer: CannedAnswer = answers[name] ?? rightAnswers[name];
    if ('body' in answer) bodies[name] = answer.body;
    else {
      const bytes = new TextEncoder().encode('text' in answer ? answer.text : JSON.stringify(answer.json));
      const data = [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
      rest += ` (data (i32.const ${at}) "${data}")`;
      bodies[name] =
        `(memory.copy (local.get $out) (i32.const ${at}) (i32.const ${bytes.length})) (i32.const ${bytes.length})`;
      at += bytes.length + 16;
    }
  }
  const text: GuardText = { ...bodies, rest, memory: '(export "memory") 2' };
  return guardBytes(text);
}

/** One call of a canned trace. */
export interface CannedCall {
  readonly tool?: string;
  readonly args?: JsonValue;
  /** The JSON in the text of the result; absent: an empty list. */
  readonly data?: JsonValue;
}

/** The text of a capture with these calls; `tools` is the answer to `tools/list`. */
export function cannedTrace(calls: readonly CannedCall[], tools?: readonly JsonValue[]): string {
  const header = {
    schema: 'guardscope-trace/1',
    tool: 'test',
    version: '0',
    start: '2026-03-04T10:15:30.000Z',
    server: 's',
    transport: 'stdio',
  };
  const lines: unknown[] = [header];
  const exchange = (id: number, method: string, params: JsonValue, result: JsonValue): void => {
    lines.push({ t: id * 10, dir: 'client', msg: { jsonrpc: '2.0', id, method, params } });
    lines.push({ t: id * 10 + 4, dir: 'server', msg: { jsonrpc: '2.0', id, result } });
  };
  if (tools !== undefined) exchange(1, 'tools/list', {}, { tools });
  calls.forEach(({ tool = 'list_things', args = {}, data = [] }, index) => {
    const result = { content: [{ type: 'text', text: JSON.stringify(data) }] };
    exchange(index + 2, 'tools/call', { name: tool, arguments: args }, result);
  });
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}
