/** Driving the decision of a call with answers that come later. */
import { expect, test } from 'vitest';
import { makeResource } from '../../../src/core/difc/monitor/resource.ts';
import { decideCall } from '../../../src/core/session/decideCall.ts';
import { rulesOf } from '../../../src/core/session/sessionRules.ts';
import { initialSessionState } from '../../../src/core/session/sessionState.ts';
import type { SessionAnswers } from '../../../src/core/session/sessionQuestions.ts';
import { answerQuestions } from '../../../src/engine/replay/answerQuestions.ts';

const call = { index: 0, server: 's', tool: 't', args: {}, time: null, durationMs: null };
const answers: SessionAnswers = {
  labelAgent: {
    value: { agent: { secrecy: [], integrity: [] }, mode: 'filter', modeText: 'filter', normalizedPolicy: null },
    error: null,
    calls: [],
  },
  labelResource: { value: { resource: makeResource('r', [], []), operation: 'read' }, error: null, calls: [] },
  callBackend: { answer: { ok: true, value: 'B' } },
  labelResponse: { value: null, error: null, calls: [] },
};

test('asks the questions in order, each after the answer to the one before', async () => {
  const order: string[] = [];
  const later = async <K extends keyof SessionAnswers>({ ask }: { readonly ask: K }): Promise<SessionAnswers[K]> => {
    order.push(`${ask} asked`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    order.push(`${ask} answered`);
    return answers[ask];
  };
  const handlers = { labelAgent: later, labelResource: later, callBackend: later, labelResponse: later };
  const { record } = await answerQuestions(
    decideCall(initialSessionState, call, rulesOf('s', { policy: {} })),
    handlers,
  );
  expect(record).toMatchObject({ outcome: 'allowed', backendResult: 'B', mode: 'filter' });
  expect(order).toEqual(
    ['labelAgent', 'labelResource', 'callBackend', 'labelResponse'].flatMap((ask) => [
      `${ask} asked`,
      `${ask} answered`,
    ]),
  );
});

test('rejects with the error of a handler', async () => {
  const broken = (): Promise<never> => Promise.reject(new Error('mistake'));
  const handlers = { labelAgent: broken, labelResource: broken, callBackend: broken, labelResponse: broken };
  const decision = decideCall(initialSessionState, call, rulesOf('s', {}));
  await expect(answerQuestions(decision, handlers)).rejects.toThrow('mistake');
});
