/** Drives the decision of a call: answers its questions one by one with asynchronous handlers. */
import { handled, type QuestionHandlers } from '../../core/session/answerDirectly.ts';
import type { SessionAnswer, SessionAnswers, SessionQuestion } from '../../core/session/sessionQuestions.ts';

type LaterAnswers = { readonly [K in keyof SessionAnswers]: Promise<SessionAnswers[K]> };

/** A handler for each kind of question, which answers later. */
export type SessionHandlers = QuestionHandlers<LaterAnswers>;

/** Runs a decision to its end and returns its result. A question is asked after the one before it has been answered. Rejects when a handler does. */
export async function answerQuestions<T>(
  decision: Generator<SessionQuestion, T, SessionAnswer>,
  handlers: SessionHandlers,
): Promise<T> {
  let step = decision.next();
  while (step.done !== true) step = decision.next(await handled<LaterAnswers>(step.value, handlers));
  return step.value;
}

/**
 * The same, until the signal aborts: then null, and the decision has not been made, because an abort cuts a guard call short, so that its
 * answer is not the guard's.
 */
export async function answerUntilAborted<T>(
  decision: Generator<SessionQuestion, T, SessionAnswer>,
  handlers: SessionHandlers,
  signal: AbortSignal | undefined,
): Promise<T | null> {
  let step = decision.next();
  while (step.done !== true) {
    const answered = await handled<LaterAnswers>(step.value, handlers);
    if (signal?.aborted === true) return null;
    step = decision.next(answered);
  }
  return step.value;
}
