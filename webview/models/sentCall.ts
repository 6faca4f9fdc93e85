/** The call that was sent last from the view that composes: whose answer it is, and what is said of it. */
import type { ComposeAnswer } from '../../src/core/protocol/compose.ts';

/** A call that was sent; without an answer as long as the server has not given one. */
export interface SentCall {
  readonly tool: string;
  readonly answer: ComposeAnswer | null;
}

/** What stays of it when another tool is chosen: an answer belongs to the form it was sent from, a call on its way goes on. */
export function afterToolChange(sent: SentCall | null): SentCall | null {
  return sent?.answer === null ? sent : null;
}

/** How the call goes or went, with the tool's name where the form is another's; else what is wrong with the form. */
export function describeSent(sent: SentCall | null, shownTool: string, progress: string, problems: number): string {
  if (sent === null) {
    return problems === 0 ? '' : `${problems} schema ${problems === 1 ? 'problem' : 'problems'}`;
  }
  const said = sent.answer === null ? onItsWay(progress) : ended(sent.answer);
  return sent.tool === shownTool ? said : `${sent.tool}: ${said}`;
}

function onItsWay(progress: string): string {
  return progress === '' ? 'Waiting for the server…' : progress;
}

function ended({ kind, isError, ms }: ComposeAnswer): string {
  if (kind === 'cancelled') return 'Cancelled';
  const how = kind === 'error' ? 'Failed' : isError ? 'Answered with an error' : 'Answered';
  return `${how} in ${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}
