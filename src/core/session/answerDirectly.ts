/** Hands the questions of a decision to their handlers; drives a decision whose handlers answer at once, such as guards in the same thread. */
import type { SessionAnswer, SessionAnswers, SessionQuestion, SessionQuestionOf } from './sessionQuestions.ts';

type Kind = SessionQuestion['ask'];

/** A handler for each kind of question. `Answers`: what the handlers return, by kind. */
export type QuestionHandlers<Answers extends Readonly<Record<Kind, unknown>>> = {
  readonly [K in Kind]: (question: SessionQuestionOf<K>) => Answers[K];
};

/** Handlers that answer at once. */
export type DirectHandlers = QuestionHandlers<SessionAnswers>;

/** What the handler of a question returns for it. */
export function handled<Answers extends Readonly<Record<Kind, unknown>>>(
  question: SessionQuestion,
  handlers: QuestionHandlers<Answers>,
): Answers[Kind] {
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

/** Runs a decision to its end and returns its result. */
export function answerDirectly<T>(decision: Generator<SessionQuestion, T, SessionAnswer>, handlers: DirectHandlers): T {
  let step = decision.next();
  while (step.done !== true) step = decision.next(handled<SessionAnswers>(step.value, handlers));
  return step.value;
}
