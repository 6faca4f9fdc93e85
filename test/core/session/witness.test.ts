/** What the log says of the recorded session against a replay: policies, labels, denials, and what the client received. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { Witness } from '../../../src/core/session/witness.ts';
import type { TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import type { RecordedLabelAgent, RecordedWitness } from '../../../src/core/trace/model/witness.ts';

const labels = { secrecy: ['p'], integrity: ['i', 'j'] };
const policy = { 'allow-only': { repos: ['a', 'b'], 'min-integrity': 'none' } };
const labelAgentOf = (patch: Partial<RecordedLabelAgent> = {}): RecordedLabelAgent => ({
  server: 's',
  agent: 'one',
  guard: 'g',
  policy,
  redacted: false,
  answer: { ...labels, mode: 'filter', redacted: false },
  line: 7,
  file: 'mcp-gateway.log',
  ...patch,
});
const said = (labelAgents: readonly RecordedLabelAgent[], patch: Partial<RecordedWitness> = {}): RecordedWitness => ({
  labelAgents,
  forcedPublic: [],
  versions: [],
  ...patch,
});

function call(patch: Partial<TraceCall> = {}): TraceCall {
  return {
    index: 0,
    server: 's',
    tool: 't',
    args: {},
    answer: undefined,
    origin: 'agent',
    time: null,
    durationMs: null,
    requestLine: 3,
    answerLine: null,
    agentLabels: null,
    redacted: false,
    lookups: [],
    filtered: [],
    ...patch,
  };
}

function record(patch: object = {}): DecisionRecord {
  const base = { server: 's', tool: 't', agent: 'one', guardCalls: [], outcome: 'allowed', coarse: null, items: null };
  return { ...base, agentBefore: labels, client: { result: { content: [] } }, ...patch } as unknown as DecisionRecord;
}
const labelling = (input: JsonValue, answer: JsonValue): object => ({
  guardCalls: [{ function: 'label_agent', input: JSON.stringify(input), output: JSON.stringify(answer) }],
});
const answer = (mode: string, agent: JsonValue = labels): JsonValue => ({ agent, difc_mode: mode });

function found(
  witness: RecordedWitness,
  ...calls: readonly (readonly [TraceCall, DecisionRecord])[]
): readonly string[] {
  const comparison = new Witness({ witness });
  const problems = calls.flatMap(([each, decided]) => comparison.problemsOf(decided, each));
  return problems.map(({ code, message, hint }) => `${code}: ${message} | ${hint}`);
}

describe('label_agent', () => {
  test('with the same policy and answer is no finding, whatever the order of tags, keys and names', () => {
    const input = { 'allow-only': { 'min-integrity': 'none', repos: ['b', 'a'] }, 'trusted-bots': ['x'] };
    const same = labelling(input, answer('Filter', { integrity: ['j', 'i'], secrecy: ['p'] }));
    expect(found(said([labelAgentOf()]), [call(), record(same)])).toEqual([]);
  });

  test('with another policy quotes both, at the first call', () => {
    const other = labelling({ 'allow-only': { repos: 'public' } }, answer('filter'));
    const decided = record(other);
    const [problem, ...more] = found(
      said([labelAgentOf(), labelAgentOf()]),
      [call(), decided],
      [call({ index: 1 }), decided],
    );
    expect(more).toEqual([]);
    expect(problem).toBe(
      'replay/policy-differs: The recorded session gave label_agent of "s" the policy {"min-integrity":"none","repos":["a","b"]}; the replay gives {"repos":"public"} | Replay with the policy of the recorded session',
    );
  });

  test('with a policy that the gateway forced names the repository', () => {
    const forcedPublic = [{ server: 's', repository: 'acme/widget', line: 1 }];
    const recorded = labelAgentOf({ policy: { 'allow-only': { repos: 'public' } } });
    const [problem] = found(said([recorded], { forcedPublic }), [call(), record(labelling(policy, answer('filter')))]);
    expect(problem).toContain(
      'because "acme/widget" is public: replay with its configuration, or with --repository public',
    );
  });

  test.each<[string, JsonValue, string]>([
    [
      'labels',
      answer('filter', { secrecy: [], integrity: ['i', 'j'] }),
      'in the replay secrecy [] and integrity [i j]',
    ],
    ['mode', answer('strict'), 'mode strict'],
  ])('with other %s is a finding', (_, output, expected) => {
    const [problem] = found(said([labelAgentOf()]), [call(), record(labelling(policy, output))]);
    expect(problem).toContain('replay/label-agent-differs');
    expect(problem).toContain(expected);
  });

  test('that the sanitiser changed, that failed, or of another agent is not compared', () => {
    const decided = record(labelling({ 'allow-only': { repos: 'x' } }, answer('strict')));
    const hidden = labelAgentOf({ redacted: true, answer: { ...labels, mode: 'filter', redacted: true } });
    expect(found(said([hidden]), [call(), decided])).toEqual([]);
    expect(found(said([labelAgentOf({ policy: undefined, answer: { error: 'x' } })]), [call(), decided])).toEqual([]);
    expect(found(said([labelAgentOf({ agent: 'two' })]), [call(), decided])).toEqual([]);
    expect(found(said([labelAgentOf({ agent: null })]), [call(), decided])).toHaveLength(2);
  });
});

describe('a call', () => {
  const none = said([]);

  test('whose agent had other labels says so once', () => {
    const recorded = { agentLabels: { secrecy: ['p', 'q'], integrity: ['i', 'j'] } };
    const problems = found(none, [call(recorded), record()], [call({ ...recorded, index: 1 }), record()]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('had secrecy [p q] and integrity [i j] at this call in the recorded session');
    expect(found(none, [call({ agentLabels: { secrecy: ['p'], integrity: ['j', 'i'] } }), record()])).toEqual([]);
  });

  test('that was denied is compared with its reason, whose tags are in random order', () => {
    const denied = { resource: 'r', reason: 'needs [a b]', line: 9 };
    const decided = (reason: string): DecisionRecord => record({ outcome: 'denied', coarse: { reason } });
    expect(found(none, [call({ denied }), decided('needs [b a]')])).toEqual([]);
    expect(found(none, [call({ denied }), decided('needs [c]')])[0]).toContain(
      'The gateway denied this call to "r": "needs [a b]"; the replay says "needs [c]"',
    );
    expect(found(none, [call({ denied }), record()])[0]).toContain('the replay has "allowed"');
  });

  const received = (value: object, redacted = false): Partial<TraceCall> =>
    ({ received: { answer: value, redacted, line: 9 } }) as unknown as Partial<TraceCall>;
  const failing = (message: string): DecisionRecord => record({ client: { error: { code: 0, message } } });
  const item = (data: JsonValue, allowed: boolean): object => ({ data, allowed });

  test.each<[string, Partial<TraceCall>, DecisionRecord, string | null]>([
    ['the same error', received({ error: 'x [b a]\n' }), failing('x [a b]'), null],
    ['an error with a stack', received({ error: 'x\nwasm stack trace:\n\t.f()' }), failing('x'), null],
    [
      'another error',
      received({ error: 'x' }),
      failing('y'),
      'received the error "x"; in the replay it receives the error "y"',
    ],
    ['an error in place of a result', received({ result: [] }), failing('y'), 'received a result; in the replay'],
    ['a result in place of an error', received({ error: 'x' }), record(), 'in the replay it receives a result'],
    ['the same items', received({ result: [1] }), record({ items: [item(1, true), item(2, false)] }), null],
    ['other items', received({ result: [1, 2] }), record({ items: [item(1, true)] }), 'received 2 items'],
    ['a result that the guard did not label', received({ result: { a: 1 } }), record(), null],
    ['a redacted text', received({ error: 'x' }, true), failing('y'), null],
    ['lost arguments', { ...received({ error: 'x' }), argsLost: true }, failing('y'), null],
  ])('with %s', (_, patch, decided, expected) => {
    const problems = found(none, [call(patch), decided]);
    if (expected === null) expect(problems).toEqual([]);
    else expect(problems[0]).toContain(expected);
  });
});
