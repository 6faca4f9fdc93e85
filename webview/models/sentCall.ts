/** The last call sent from the compose view, and its status text. */
import type { ComposeAnswer } from '../../src/core/protocol/compose.ts';

/** A call that was sent; `answer` is null until the server responds. */
export interface SentCall {
  readonly tool: string;
  readonly answer: ComposeAnswer | null;
}

/** The call to show after another tool is selected: a call in progress is kept, a completed one is dropped with its form. */
export function afterToolChange(sent: SentCall | null): SentCall | null {
  return sent?.answer === null ? sent : null;
}

/** The status of the call, prefixed with its tool if the form shows another one; without a call, the problems of the form. */
export function describeSent(sent: SentCall | null, shownTool: string, progress: string, problems: number): string {
  if (sent === null) {
    return problems === 0 ? '' : `${problems} schema ${problems === 1 ? 'problem' : 'problems'}`;
  }
  const status = sent.answer === null ? onItsWay(progress) : ended(sent.answer);
  return sent.tool === shownTool ? status : `${sent.tool}: ${status}`;
}

function onItsWay(progress: string): string {
  return progress === '' ? 'Waiting for the server…' : progress;
}

function ended({ kind, isError, ms }: ComposeAnswer): string {
  if (kind === 'cancelled') return 'Cancelled';
  const how = kind === 'error' ? 'Failed' : isError ? 'Answered with an error' : 'Answered';
  return `${how} in ${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}
