/** The fold over an agent's events gives the labels that the session's state has, however the calls of several servers are mixed. */
import { describe, expect, test } from 'vitest';
import { makeResource } from '../../../src/core/difc/monitor/resource.ts';
import type { EnforcementMode, Operation } from '../../../src/core/difc/record/decision.ts';
import { agentAfter, type AgentEvent, agentEventsOf } from '../../../src/core/session/agentEvents.ts';
import { type DecidableCall, decideCall } from '../../../src/core/session/decideCall.ts';
import type { SessionAnswer, SessionQuestion } from '../../../src/core/session/sessionQuestions.ts';
import type { SessionRules } from '../../../src/core/session/sessionRules.ts';
import { agentIn, initialSessionState } from '../../../src/core/session/sessionState.ts';
import { guardCall } from '../../support/records/decisions.ts';

const rules: SessionRules = new Map(['a', 'b', 'c'].map((server) => [server, { policy: { 'allow-only': {} } }]));
const tags = ['x', 'y', 'z', 'w'];

/** Numbers below a bound, from a seed. */
function randomFrom(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % bound;
  };
}

describe('events', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed + 1))(
    'lead to the labels of the session (seed %i)',
    (seed) => {
      const random = randomFrom(seed);
      const some = (): string[] => tags.filter(() => random(2) === 0);
      const answer = (question: SessionQuestion): SessionAnswer => {
        switch (question.ask) {
          case 'labelAgent': {
            const agent = { secrecy: some(), integrity: some() };
            const mode: EnforcementMode = random(4) === 0 ? 'filter' : 'propagate';
            const output = JSON.stringify({ agent, difc_mode: mode });
            const calls = [guardCall({ function: 'label_agent', output })];
            return { value: { agent, mode, modeText: mode, normalizedPolicy: null }, error: null, calls };
          }
          case 'labelResource': {
            const operation: Operation = (['read', 'read', 'write', 'read-write'] as const)[random(4)] ?? 'read';
            return { value: { resource: makeResource('r', some(), some()), operation }, error: null, calls: [] };
          }
          case 'callBackend':
            return { answer: random(6) === 0 ? { ok: false, error: 'gone' } : { ok: true, value: { content: [] } } };
          case 'labelResponse': {
            if (random(3) === 0) return { value: null, error: null, calls: [] };
            const items = Array.from({ length: random(4) }, (_, index) => ({
              data: index,
              labels: makeResource(`item ${index}`, some(), some()),
              origin: 'path' as const,
              path: `/${index}`,
            }));
            return { value: { items }, error: null, calls: [] };
          }
        }
      };
      let state = initialSessionState;
      const events: AgentEvent[] = [];
      for (let index = 0; index < 60; index++) {
        const server = ['a', 'b', 'c'][random(3)] ?? 'a';
        const call: DecidableCall = { index, server, tool: 'list_t', args: {}, time: null, durationMs: null };
        const decision = decideCall(state, call, rules);
        let step = decision.next();
        while (step.done !== true) step = decision.next(answer(step.value));
        ({ state } = step.value);
        events.push(...agentEventsOf(step.value.record, index));
        expect(agentAfter(events)).toEqual(agentIn(state, 'default').labels);
      }
    },
  );
});

test('events are folded in order of time, and those of one moment in their own order', () => {
  const start = (at: number, integrity: readonly string[]): AgentEvent => ({
    kind: 'start',
    server: 'a',
    at,
    secrecy: [],
    integrity,
  });
  const read = (at: number, secrecy: readonly string[]): AgentEvent => ({
    kind: 'read',
    server: 'b',
    at,
    secrecy,
    integrity: [],
  });
  expect(agentAfter([read(2, ['s']), start(1, ['i'])])).toEqual({ secrecy: ['s'], integrity: [] });
  expect(agentAfter([read(1, ['s']), start(2, ['i'])])).toEqual({ secrecy: ['s'], integrity: ['i'] });
  expect(agentAfter([start(1, ['i']), read(1, [])])).toEqual({ secrecy: [], integrity: [] });
});
