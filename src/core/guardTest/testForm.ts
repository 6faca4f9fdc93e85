/** The members of the file of a guard test, as a table for its reader and for its schema. */
import type { JsonObject } from '../base/json.ts';
import { guardTestSchema } from './guardTest.ts';
import { type FormMember, type Form, formSchema } from './form.ts';

const text: Form = { kind: 'text' };
const texts: Form = { kind: 'list', of: text };
const paths: Form = { kind: 'list', of: text, least: 1 };
const session: Form = { kind: 'textOrTexts' };
const words = (...of: readonly (string | number)[]): Form => ({ kind: 'words', words: of });
const mode = words('strict', 'filter', 'propagate');
const hash: Form = { kind: 'pattern', pattern: '^[0-9a-f]{64}$', name: 'a SHA-256 in hexadecimal digits' };

const labels: Readonly<Record<'secrecy' | 'integrity', FormMember>> = {
  secrecy: { form: texts, about: 'Secrecy tags, sorted.', required: true },
  integrity: { form: texts, about: 'Integrity tags, sorted.', required: true },
};

const item: Form = {
  kind: 'object',
  members: {
    path: { form: text, about: 'JSON Pointer of the item in the data; absent for a whole result.' },
    description: { form: text, about: "The guard's name of the item." },
    passed: { form: { kind: 'flag' }, about: 'Whether the client gets the item.', required: true },
    ...labels,
    reason: { form: text, about: "The gateway's reason." },
  },
};

const lookup: Form = {
  kind: 'object',
  members: {
    tool: { form: text, about: 'The tool that the guard asked for.', required: true },
    args: { form: { kind: 'any' }, about: 'Its arguments.', required: true },
    end: { form: text, about: 'How the look-up ended, such as answered.', required: true },
  },
};

const agentChange: Form = {
  kind: 'object',
  members: {
    secrecyGained: { form: texts, about: 'Secrecy tags that the agent has since this call.' },
    secrecyLost: { form: texts, about: 'Secrecy tags that the agent no longer has.' },
    integrityGained: { form: texts, about: 'Integrity tags that the agent has since this call.' },
    integrityLost: { form: texts, about: 'Integrity tags that the agent no longer has.' },
  },
};

/** The members of an accepted decision, in the order in which they are written. */
export const acceptedMembers: Readonly<Record<string, FormMember>> = {
  call: { form: { kind: 'count' }, about: 'The number of the call in the trace, from 1.', required: true },
  server: { form: text, about: 'The server that was called.', required: true },
  agent: { form: text, about: 'The agent, in a session with credentials.' },
  tool: { form: text, about: 'The tool that was called.', required: true },
  args: { form: { kind: 'any' }, about: 'The arguments, shortened. They are not compared.', required: true },
  outcome: {
    form: words('allowed', 'filtered', 'denied', 'blocked', 'error'),
    about: 'How the call ended for the client.',
    required: true,
  },
  unlabeled: { form: { kind: 'true' }, about: 'The client got the whole result, without labels of the guard.' },
  mode: { form: mode, about: 'The enforcement mode in force.' },
  operation: { form: words('read', 'write', 'read-write'), about: 'What the call does to its resource.' },
  resource: {
    form: {
      kind: 'object',
      members: { description: { form: text, about: "The guard's name of the resource.", required: true }, ...labels },
    },
    about: 'The resource as the guard labelled it.',
  },
  items: { form: { kind: 'list', of: item }, about: 'The labelled items of the answer.' },
  agentChange: { form: agentChange, about: 'Tags that the call brought the agent or took from it.' },
  lookups: { form: { kind: 'list', of: lookup }, about: 'What the guard asked the server.' },
  error: { form: texts, about: "The gateway's error text, line by line." },
  reason: { form: text, about: 'The reason of the check of the whole call.' },
  endedIn: { form: words('init', 0, 1, 2, 3, 4, 5, 6), about: 'The phase in which the call ended early.' },
  panic: { form: text, about: "The gateway's panic text." },
  findings: { form: texts, about: 'Codes of warnings and errors about the call.' },
};

const accepted: FormMember = {
  form: { kind: 'list', of: { kind: 'object', members: acceptedMembers } },
  about: 'The accepted decisions; "guardscope test --update" writes them.',
};
const traceHash: FormMember = {
  form: hash,
  about: 'SHA-256 of the trace that the decisions were accepted for, without regard to line ends.',
};

const acceptedCase: Form = {
  kind: 'object',
  members: {
    trace: { form: session, about: 'The trace, as in "traces".', required: true },
    guard: { form: text, about: 'The guard, as in "guards".' },
    policy: { form: text, about: 'The policy, as in "policies".' },
    traceHash,
    accepted: { ...accepted, required: true },
  },
};

/** The members of the file. */
export const guardTestForm: Form = {
  kind: 'object',
  members: {
    schema: { form: words(guardTestSchema), about: 'The form of this file.', required: true },
    trace: { form: session, about: 'The trace; a list for a session of several files. Relative to this file.' },
    traces: { form: { kind: 'list', of: session, least: 1 }, about: 'Several traces, each decided for itself.' },
    config: { form: text, about: "The gateway's configuration." },
    guard: { form: text, about: 'The guard (.wasm), or "noop".' },
    guards: { form: paths, about: 'Several guards; each is tested with each trace.' },
    policy: { form: text, about: 'The guard policy (JSON).' },
    policies: { form: paths, about: 'Several policies; each is tested with each trace and each guard.' },
    mode: { form: mode, about: 'The enforcement mode if the guard does not set one.' },
    server: { form: text, about: 'The server that guard and policy are for (default: the one with the most calls).' },
    lookups: { form: text, about: 'A file with answers to look-ups that the trace has no answer to.' },
    deadline: { form: { kind: 'count' }, about: 'Maximum duration of a guard call, in milliseconds.' },
    calls: { form: text, about: 'The calls that are compared, such as "3-9,12" (default: all).' },
    traceHash,
    accepted,
    cases: {
      form: { kind: 'list', of: acceptedCase },
      about: 'The accepted decisions of each combination of trace, guard and policy.',
    },
  },
};

/** The schema of the file for the editor. */
export function guardTestJsonSchema(): JsonObject {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Guard test',
    description: 'A trace with the decisions that were accepted for it.',
    ...formSchema(guardTestForm),
  };
}
