/** Drives the decision of a call: answers its questions one by one with asynchronous handlers. */
import type { Decided, Decision } from '../../core/replay/decideCall.ts';
import type {
  SessionAnswer,
  SessionAnswers,
  SessionQuestion,
  SessionQuestionOf,
} from '../../core/replay/sessionQuestions.ts';

/** A handler for each kind of question. */
export type SessionHandlers = {
  readonly [K in SessionQuestion['ask']]: (question: SessionQuestionOf<K>) => Promise<SessionAnswers[K]>;
};

/** Runs a decision to its end. A question is asked after the one before it has been answered. Rejects when a handler does. */
export async function answerQuestions(decision: Decision, handlers: SessionHandlers): Promise<Decided> {
  let step = decision.next();
  while (step.done !== true) step = decision.next(await answer(step.value, handlers));
  return step.value;
}

function answer(question: SessionQuestion, handlers: SessionHandlers): Promise<SessionAnswer> {
  switch (question.ask) {
    case 'labelAgent':
      return handlers.labelAgent(question);
    case 'labelResource':
      return handlers.labelResource(question);
    case 'callBackend':
      return handlers.callBackend(question);
    case 'labelResponse':
      return handlers.labelResponse(question);
  }
}
