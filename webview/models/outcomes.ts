/** The words, icons and explanations of what can become of a call; one table for list, chips and detail. */
import type { RowStatus } from '../../src/core/protocol/rows.ts';

/** How one status is shown. */
export interface StatusLook {
  readonly status: RowStatus;
  readonly word: string;
  readonly icon: 'check' | 'filter' | 'deny' | 'block' | 'error' | 'pending' | 'running' | 'skip';
  /** A sentence for tooltips. */
  readonly meaning: string;
}

/** In the order of the chips. */
export const statusLooks: readonly StatusLook[] = [
  { status: 'allowed', word: 'allowed', icon: 'check', meaning: 'The client received the whole answer' },
  { status: 'filtered', word: 'filtered', icon: 'filter', meaning: 'Some or all items were removed from the answer' },
  {
    status: 'denied',
    word: 'denied',
    icon: 'deny',
    meaning: 'The coarse check refused the call; the backend was not asked',
  },
  {
    status: 'blocked',
    word: 'blocked',
    icon: 'block',
    meaning: 'The whole answer was withheld: in strict mode because of some items, or because its only item was',
  },
  {
    status: 'error',
    word: 'error',
    icon: 'error',
    meaning: 'The guard or the backend failed; the client received an error',
  },
  { status: 'pending', word: 'pending', icon: 'pending', meaning: 'Not replayed yet' },
  { status: 'running', word: 'running', icon: 'running', meaning: 'The server has not answered yet' },
  { status: 'skipped', word: 'skipped', icon: 'skip', meaning: 'Belongs to a server that is not replayed' },
];

const byStatus = new Map(statusLooks.map((look) => [look.status, look]));

/** How a status is shown. */
export function lookOf(status: RowStatus): StatusLook {
  const look = byStatus.get(status);
  if (look === undefined) throw new Error(`No look for status "${status}"`);
  return look;
}

/** Whether a word is a status. */
export function isStatus(word: string): word is RowStatus {
  return byStatus.has(word as RowStatus);
}
