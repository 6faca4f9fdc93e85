/** Planted mistakes of guards that `check` finds without a captured session, each with the code of its finding. */
import type { JsonValue } from '../../src/core/base/json.ts';
import type { CannedCall } from '../support/guards/cannedGuard.ts';
import { answer, answers, inputHas, type Mistake } from '../support/guards/plantedGuard.ts';

/** What a server of a session says about its tools, and the calls of the session. */
export interface MistakeSession {
  readonly calls: readonly CannedCall[];
  readonly tools: readonly JsonValue[];
}

/** A mistake, and the code that has to be found. */
export interface GuardMistake {
  readonly name: string;
  readonly mistake: Mistake;
  readonly code: string;
  /** The session that shows it; absent: the guard alone does. */
  readonly session?: MistakeSession;
}

const count = '(global.set $count (i32.add (global.get $count) (i32.const 1)))';
const lookup = `(drop (call $call_backend (i32.const 0) (i32.const 5) (i32.const 0) (i32.const 0) (i32.const 512) (i32.const 8)))`;
const choose = (condition: string, yes: string, no: string): string =>
  `(if (result i32) ${condition} (then ${yes}) (else ${no}))`;
const firstCall = '(i32.le_u (global.get $count) (i32.const 1))';

const open = { secrecy: [], integrity: [] };

function itemLabels(at: number): JsonValue {
  return { path: `/${at}`, labels: { secrecy: [`private:${at}`], integrity: [] } };
}

function tool(name: string, annotations: JsonValue): JsonValue {
  return { name, annotations, inputSchema: { type: 'object', properties: { id: { type: 'integer' } } } };
}

export const guardMistakes: readonly GuardMistake[] = [
  { name: 'writes past the output buffer', mistake: { tooSmall: '' }, code: 'check/writes-past-buffer' },
  {
    name: 'returns 0 for a small buffer in place of -2',
    mistake: { tooSmall: '(return (i32.const 0))' },
    code: 'check/empty-for-small-buffer',
  },
  {
    name: 'cuts an answer that does not fit',
    mistake: { tooSmall: '(local.set $len (local.get $cap))' },
    code: 'check/cuts-answer',
  },
  {
    name: 'refuses a small buffer with -1',
    mistake: { tooSmall: '(return (i32.const -1))' },
    code: 'check/refuses-small-buffer',
  },
  {
    name: 'announces a size that is one byte too few',
    mistake: {
      tooSmall: '(i32.store (local.get $out) (i32.sub (local.get $len) (i32.const 1))) (return (i32.const -2))',
    },
    code: 'check/retry-fails',
  },
  {
    name: 'counts the attempts of a retry',
    mistake: { label_resource: `${count} ${choose(firstCall, answer(answers.secret), answer(answers.read))}` },
    code: 'check/second-call-differs',
  },
  {
    name: 'does not repeat a look-up whose answer did not fit',
    mistake: { label_resource: `${lookup} ${answer(answers.read)}` },
    code: 'lint/lookup-not-repeated',
  },
  {
    name: 'leaks 64 KiB a call',
    mistake: {
      always: '(global.set $leaked (memory.grow (i32.const 1)))',
      rest: '(global $leaked (mut i32) (i32.const 0))',
    },
    code: 'check/memory-runs-out',
  },
  {
    name: 'leaks 4 KiB a call',
    mistake: {
      always: `${count} (if (i32.eqz (i32.rem_u (global.get $count) (i32.const 16))) (then (drop (memory.grow (i32.const 1)))))`,
    },
    code: 'check/memory-grows',
  },
  { name: 'has a dealloc that frees nothing', mistake: { dealloc: '' }, code: 'check/dealloc-frees-nothing' },
  {
    name: 'has a dealloc that traps',
    mistake: { dealloc: '(global.set $top (local.get $at)) unreachable' },
    code: 'check/dealloc-fails',
  },
  {
    name: 'traps on an empty list',
    mistake: { texts: ['"text":"[]"'], label_response: choose(inputHas(0), 'unreachable', answer(answers.response)) },
    code: 'check/trap',
  },
  {
    name: 'never ends on an error of the server',
    mistake: {
      texts: ['"isError":true'],
      label_response: choose(inputHas(0), '(loop $l (br $l)) (i32.const 0)', answer(answers.response)),
    },
    code: 'check/hangs',
  },
  {
    name: 'traps from its 20th call on',
    mistake: { always: `${count} (if (i32.gt_u (global.get $count) (i32.const 20)) (then unreachable))` },
    code: 'check/fails-after-others',
  },
  {
    name: 'answers with labels of the call before',
    mistake: {
      texts: ['create_issue'],
      label_resource: choose(
        '(i32.eq (global.get $count) (i32.const 1))',
        `(global.set $count ${inputHas(0)}) ${answer(answers.write)}`,
        `(global.set $count ${inputHas(0)}) ${choose('(global.get $count)', answer(answers.write), answer(answers.read))}`,
      ),
    },
    code: 'check/depends-on-earlier-calls',
  },
  {
    name: 'puts random bytes into its answers',
    mistake: {
      label_resource: `(drop (call $random_get (i32.const 520) (i32.const 8)))
        (i64.store (call $at (i32.const ${answers.spare})) (i64.const 0x2020202020202020))
        (i32.store8 (i32.add (call $at (i32.const ${answers.spare})) (i32.const 24)) (i32.add (i32.const 97) (i32.rem_u (i32.load8_u (i32.const 520)) (i32.const 26))))
        (i32.store8 (i32.add (call $at (i32.const ${answers.spare})) (i32.const 25)) (i32.add (i32.const 97) (i32.rem_u (i32.load8_u (i32.const 521)) (i32.const 26))))
        ${answer(answers.spare)}`,
      answers: { [answers.spare]: { xxxxxx: 0, description: 'aaaaaaaa', resource: {}, operation: 'read' } },
    },
    code: 'check/not-deterministic',
  },
  {
    name: 'writes the names of members in camel case',
    mistake: { answers: { [answers.response]: { labeledPaths: [], defaultLabels: { secrecy: [], integrity: [] } } } },
    code: 'lint/unknown-field',
  },
  {
    name: 'counts paths from 1',
    mistake: { answers: { [answers.response]: { labeled_paths: [1, 2, 3].map(itemLabels), default_labels: open } } },
    code: 'lint/path-without-item',
  },
  {
    name: 'labels the first place of a list in place of an item',
    mistake: { answers: { [answers.response]: { labeled_paths: [itemLabels(0)], default_labels: open } } },
    code: 'check/permutation-changes-labels',
  },
  {
    name: 'gives whole results in strict mode that filter mode filters',
    mistake: {
      answers: {
        [answers.read]: { resource: { description: 'thing', ...open }, operation: 'read-write' },
        [answers.response]: { labeled_paths: [itemLabels(0), itemLabels(1), itemLabels(2)], default_labels: open },
      },
    },
    code: 'check/strict-gives-more',
  },
  {
    name: 'labels a write as a read',
    mistake: {},
    code: 'check/write-as-read',
    session: {
      calls: [{ tool: 'list_things' }],
      tools: [tool('list_things', { readOnlyHint: true }), tool('delete_thing', { destructiveHint: true })],
    },
  },
  {
    name: 'labels a read as a write',
    mistake: { label_resource: answer(answers.write) },
    code: 'check/read-as-write',
    session: { calls: [{ tool: 'list_things' }], tools: [tool('list_things', { readOnlyHint: true })] },
  },
  {
    name: 'does not know a tool of the server',
    mistake: {
      texts: ['list_things'],
      label_resource: choose(inputHas(0), answer(answers.read), answer(answers.write)),
    },
    code: 'check/tool-unknown-to-guard',
    session: { calls: [{ tool: 'list_things' }], tools: [tool('list_things', {}), tool('new_thing', {})] },
  },
  {
    name: 'traps when a member of a captured result is null',
    mistake: { texts: ['owner\\":null'], label_response: choose(inputHas(0), 'unreachable', answer(answers.response)) },
    code: 'check/trap',
    session: {
      calls: [{ tool: 'list_things', data: [{ owner: 'acme' }, { owner: 'widget' }] }],
      tools: [tool('list_things', {})],
    },
  },
  {
    name: 'gives an answer to a captured call that the gateway cannot use',
    mistake: {
      texts: ['special'],
      label_response: choose(inputHas(0), answer(answers.spare), answer(answers.response)),
      answers: { [answers.spare]: { labeled_paths: 'none' } },
    },
    code: 'check/captured-call-fails',
    session: { calls: [{ tool: 'list_things', data: [{ name: 'special' }] }], tools: [tool('list_things', {})] },
  },
];
