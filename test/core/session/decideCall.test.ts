/** The session's state as a value: decisions are repeatable, continue from any stored state, and never modify it. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { makeResource } from '../../../src/core/difc/monitor/resource.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { type DecidableCall, decideCall, type Decided } from '../../../src/core/session/decideCall.ts';
import type { SessionAnswer, SessionQuestion } from '../../../src/core/session/sessionQuestions.ts';
import { rulesOf } from '../../../src/core/session/sessionRules.ts';
import { agentIn, initialSessionState, type SessionState } from '../../../src/core/session/sessionState.ts';

const rules = rulesOf('s', {
  policy: { 'allow-only': {} },
  toolCallLimits: new Map([['limited', 2]]),
  circuit: { threshold: 2, cooldownMs: 60_000 },
});

/** A read of a secret, a limited tool beyond its budget, rate limits that open the circuit, and calls after the cooldown. */
const tools = ['read', 'limited', 'secret', 'limited', 'limited', 'busy', 'busy', 'read', 'read', 'late', 'write'];
const calls: readonly DecidableCall[] = tools.map((tool, index) => ({
  index,
  server: 's',
  tool,
  args: { index },
  time: new Date(Date.UTC(2026, 0, 1, 0, tool === 'late' || tool === 'write' ? 30 : 0, index)).toISOString(),
  durationMs: 5,
}));

/** Answers like a stateless guard and its backend: depends only on the question. */
function answer(question: SessionQuestion): SessionAnswer {
  const calls: [] = [];
  switch (question.ask) {
    case 'labelAgent': {
      const value = {
        agent: { secrecy: [], integrity: ['i'] },
        mode: 'propagate',
        modeText: '',
        normalizedPolicy: null,
      };
      return { value, error: null, calls } as SessionAnswer;
    }
    case 'labelResource': {
      const secrecy = question.tool === 'secret' ? ['private'] : [];
      const operation = question.tool === 'write' ? 'write' : 'read';
      return { value: { resource: makeResource(question.tool, secrecy, ['i']), operation }, error: null, calls };
    }
    case 'callBackend':
      return { answer: { ok: true, value: backendResult(question.tool) } };
    case 'labelResponse':
      return { value: null, error: null, calls };
  }
}

function backendResult(tool: string): JsonValue {
  const text = tool === 'busy' ? 'API rate limit exceeded' : tool;
  return { content: [{ type: 'text', text }], ...(tool === 'busy' ? { isError: true } : {}) };
}

function decide(state: SessionState, call: DecidableCall): Decided & { readonly questions: readonly string[] } {
  const decision = decideCall(state, call, rules);
  const questions: string[] = [];
  let step = decision.next();
  while (step.done !== true) {
    questions.push(step.value.ask);
    step = decision.next(answer(step.value));
  }
  return { ...step.value, questions };
}

/** Decides calls, starting with a state; `states[k]` is the state before the k-th call. */
function replay(
  from: SessionState,
  some: readonly DecidableCall[],
): { readonly states: readonly SessionState[]; readonly records: readonly DecisionRecord[] } {
  const states = [from];
  const records: DecisionRecord[] = [];
  for (const call of some) {
    const { state, record } = decide(states.at(-1) ?? from, call);
    states.push(state);
    records.push(record);
  }
  return { states, records };
}

/** Freezes a value at all depths; maps refuse every change. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    const refuse = (): never => {
      throw new Error('a frozen map was changed');
    };
    Object.assign(value, { set: refuse, delete: refuse, clear: refuse });
  }
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}

const complete = replay(initialSessionState, calls);

test('the calls of this test lead to labels, a used-up budget, and an open and a closed circuit', () => {
  expect(complete.records.map(({ tool, error }) => [tool, error === null ? 'ok' : error.slice(0, 34)])).toEqual([
    ['read', 'ok'],
    ['limited', 'ok'],
    ['secret', 'ok'],
    ['limited', 'ok'],
    ['limited', 'tool call limit reached for "limit'],
    ['busy', 'ok'],
    ['busy', 'ok'],
    ['read', 'rate limit circuit breaker is OPEN'],
    ['read', 'rate limit circuit breaker is OPEN'],
    ['late', 'ok'],
    ['write', expect.stringContaining('DIFC')],
  ]);
  const end = complete.states.at(-1) ?? initialSessionState;
  expect(end.agents).toEqual(
    new Map([
      [
        'default',
        {
          labels: { secrecy: ['private'], integrity: ['i'] },
          guardModes: new Map([['s', 'propagate']]),
          toolCalls: new Map([['s', new Map([['limited', 2]])]]),
        },
      ],
    ]),
  );
  expect(end.circuits.get('s')).toMatchObject({ state: 'closed', errors: 0 });
});

describe('a state', () => {
  test.each(calls.map((call) => [call.index, call] as const))(
    'gives equal records when call %i is decided twice',
    (at, call) => {
      const state = complete.states[at] ?? initialSessionState;
      const [once, again] = [decide(state, call), decide(state, call)];
      expect(again).toEqual(once);
      expect(once.record).toEqual(complete.records[at]);
    },
  );

  test.each(calls.map(({ index }) => index))('continues the replay from before call %i with the same records', (at) => {
    const rest = replay(complete.states[at] ?? initialSessionState, calls.slice(at));
    expect(rest.records).toEqual(complete.records.slice(at));
    expect(rest.states).toEqual(complete.states.slice(at));
  });

  test('is not modified by a decision', () => {
    const frozen = structuredClone(rules);
    for (const [at, call] of calls.entries()) {
      const state = deepFreeze(structuredClone(complete.states[at] ?? initialSessionState));
      const { record } = decide(state, deepFreeze(structuredClone(call)));
      expect(record).toEqual(complete.records[at]);
    }
    expect(rules).toEqual(frozen);
  });

  test('can be cloned by structuredClone, so it can be stored', () => {
    for (const state of complete.states) expect(structuredClone(state)).toEqual(state);
  });

  test('shares unchanged members with the next state', () => {
    const before = decide(initialSessionState, { ...calls[0], time: null } as DecidableCall).state;
    const { state } = decide(before, { ...calls[0], time: null } as DecidableCall);
    expect(state.agents).toBe(before.agents);
    expect(state.circuits).toBe(before.circuits);
  });
});

describe('the state without a call', () => {
  test('includes the label_agent call, and no other effect of the call', () => {
    const first = decide(initialSessionState, { ...calls[2], tool: 'secret' } as DecidableCall);
    expect(first.questions[0]).toBe('labelAgent');
    expect(agentIn(first.state, 'default').labels.secrecy).toEqual(['private']);
    expect(agentIn(first.stateWithoutCall, 'default')).toMatchObject({
      labels: { secrecy: [], integrity: ['i'] },
      guardModes: new Map([['s', 'propagate']]),
    });
    expect(decide(first.stateWithoutCall, calls[0] as DecidableCall).questions).not.toContain('labelAgent');
  });

  test('does not count the call against a budget or the circuit', () => {
    for (const [at, call] of calls.entries()) {
      const before = complete.states[at] ?? initialSessionState;
      const { stateWithoutCall } = decide(before, call);
      expect(agentIn(stateWithoutCall, 'default').toolCalls).toBe(agentIn(before, 'default').toolCalls);
      expect(stateWithoutCall.circuits).toBe(before.circuits);
    }
  });
});

test('an open circuit lets a call pass whose answer the gateway recorded, because the backend was called', () => {
  const state = complete.states[7] ?? initialSessionState;
  const decision = decideCall(state, calls[7] as DecidableCall, rules, { backendWasAsked: true });
  const questions: string[] = [];
  let step = decision.next();
  while (step.done !== true) {
    questions.push(step.value.ask);
    step = decision.next(answer(step.value));
  }
  expect(questions).toContain('callBackend');
});
