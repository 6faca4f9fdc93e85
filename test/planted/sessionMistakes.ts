/** Planted mistakes of guards and policies that `replay`, `diff` and `validate` find, each with the commands and the finding. */
import type { JsonValue } from '../../src/core/base/json.ts';
import { cannedTrace } from '../support/guards/cannedGuard.ts';
import { answer, answers, inputHas, type Mistake, plantedGuard } from '../support/guards/plantedGuard.ts';

/** A mistake in files of a folder. */
export interface SessionMistake {
  readonly name: string;
  /** What has the mistake. */
  readonly of: 'guard' | 'policy';
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** At most three commands, with names of the files; the last one shows the finding. */
  readonly actions: readonly string[];
  /** Part of the output of the last command, and its exit code. */
  readonly finding: string;
  readonly code: number;
}

const policy = JSON.stringify({ 'allow-only': { repos: 'all', 'min-integrity': 'none' } });
const things = [{ name: 'one' }, { name: 'two' }];
const trace = cannedTrace([{ data: things }, { tool: 'read_thing', data: { name: 'one' } }, { data: [] }]);
const open = { secrecy: [], integrity: [] };
const replayed = 'replay t.guardtrace.jsonl --guard g.wasm --policy p.json';

function ofGuard(name: string, mistake: Mistake, action: string, finding: string, code: number): SessionMistake {
  const files = { 'g.wasm': plantedGuard(mistake), 'p.json': policy, 't.guardtrace.jsonl': trace };
  return { name, of: 'guard', files, actions: [action], finding, code };
}

function changed(name: string, mistake: Mistake, action: string, finding: string): SessionMistake {
  const files = {
    'g.wasm': plantedGuard(),
    'new.wasm': plantedGuard(mistake),
    'p.json': policy,
    't.guardtrace.jsonl': trace,
  };
  return { name, of: 'guard', files, actions: [action], finding, code: 1 };
}

function ofPolicy(name: string, written: JsonValue, finding: string, code = 1): SessionMistake {
  return {
    name,
    of: 'policy',
    files: { 'p.json': JSON.stringify(written) },
    actions: ['validate p.json'],
    finding,
    code,
  };
}

function respond(response: JsonValue): Mistake {
  return { answers: { [answers.response]: response } };
}

const diffed = 'diff t.guardtrace.jsonl --guard g.wasm --policy p.json --guard-b new.wasm';

export const sessionMistakes: readonly SessionMistake[] = [
  ofGuard(
    'writes difc_mode with a space before it',
    { answers: { [answers.agent]: { agent: open, difc_mode: ' filter' } } },
    `${replayed} --strict`,
    '[lint/difc-mode]',
    4,
  ),
  ofGuard(
    'writes a tag with a space behind it',
    respond({ labeled_paths: [], default_labels: { secrecy: ['private:acme '], integrity: [] } }),
    `${replayed} --strict`,
    '[lint/odd-tag]',
    1,
  ),
  ofGuard(
    'names an items_path that is not there',
    respond({ labeled_paths: [], default_labels: open, items_path: '/things' }),
    `${replayed} --strict`,
    '[lint/items-path-wrong]',
    4,
  ),
  ofGuard(
    'writes the labels of an item beside its path',
    respond({ labeled_paths: [{ path: '/0', ...open }], default_labels: open }),
    `${replayed} --strict`,
    '[lint/misplaced-field]',
    1,
  ),
  ofGuard(
    'gives items of the older form without data',
    respond({ items: [{ labels: open }] }),
    `${replayed} --strict`,
    '[lint/legacy-item]',
    1,
  ),
  ofGuard(
    'gives items of the older form without labels, on which the gateway crashes',
    respond({ items: [{ data: {} }] }),
    `${replayed} --summary`,
    'crash',
    4,
  ),
  ofGuard(
    'gives an empty answer in place of labels of the response',
    { label_response: '(i32.const 0)' },
    `${replayed} --only unlabeled`,
    'list_things',
    0,
  ),
  changed(
    'labels a tool as a write since the last build',
    {
      texts: ['read_thing'],
      label_resource: `(if (result i32) ${inputHas(0)} (then ${answer(answers.write)}) (else ${answer(answers.read)}))`,
    },
    diffed,
    'was read, is write  /operation',
  ),
  changed(
    'adds a secrecy tag to a whole list since the last build',
    respond({ labeled_paths: [], default_labels: { secrecy: ['private:acme'], integrity: [] } }),
    `${diffed} --markdown`,
    'private:acme',
  ),
  ofPolicy(
    'misspells a field',
    { 'allow-only': { repos: 'all', 'min-integrty': 'none' } },
    '[policy/unsupported-field]\n  Did you mean "min-integrity"?',
  ),
  ofPolicy(
    'misspells a level of integrity',
    { 'allow-only': { repos: 'all', 'min-integrity': 'aproved' } },
    '[policy/value]\n  Did you mean "approved"?',
  ),
  ofPolicy(
    'names a repository in upper case',
    { 'allow-only': { repos: ['Acme/Widget'], 'min-integrity': 'none' } },
    '[policy/value]\n  Write "acme/widget"',
  ),
  ofPolicy('combines the wildcard of a sink with names', { 'write-sink': { accept: ['*', 'acme'] } }, '[policy/value]'),
  ofPolicy(
    'puts spaces around the wildcard of a sink',
    { 'write-sink': { accept: [' * '] } },
    '[policy/as-written]',
    0,
  ),
  ofPolicy(
    'misspells the kind of the policy, so that the gateway takes it for a server',
    { 'alow-only': { repos: 'all', 'min-integrity': 'none' } },
    '[policy/spelling]',
    0,
  ),
  {
    name: 'lets through less than the policy before',
    of: 'policy',
    files: {
      'g.wasm': plantedGuard({
        texts: ['"merged"'],
        answers: { [answers.spare]: { agent: { secrecy: [], integrity: ['merged:all'] }, difc_mode: 'filter' } },
        label_agent: `(if (result i32) ${inputHas(0)} (then ${answer(answers.spare)}) (else ${answer(answers.agent)}))`,
      }),
      'p.json': policy,
      'new.json': JSON.stringify({ 'allow-only': { repos: 'all', 'min-integrity': 'merged' } }),
      't.guardtrace.jsonl': trace,
    },
    actions: ['validate new.json', 'diff t.guardtrace.jsonl --guard g.wasm --policy p.json --policy-b new.json'],
    finding: 'allowed → filtered',
    code: 1,
  },
];
