/** The word, icon and explanation of each call status, shared by list, chips and detail. */
import type { RowStatus } from '../../src/core/protocol/rows.ts';

/** The presentation of one status. */
export interface StatusLook {
  readonly status: RowStatus;
  readonly word: string;
  readonly icon: 'check' | 'filter' | 'deny' | 'block' | 'error' | 'pending' | 'running' | 'skip';
  /** The tooltip. */
  readonly meaning: string;
}

/** The statuses in the order of the chips. */
export const statusLooks: readonly StatusLook[] = [
  { status: 'allowed', word: 'allowed', icon: 'check', meaning: 'The client receives the whole response' },
  { status: 'filtered', word: 'filtered', icon: 'filter', meaning: 'Some or all items are removed from the response' },
  {
    status: 'denied',
    word: 'denied',
    icon: 'deny',
    meaning: 'The coarse check denies the call; the backend is not called',
  },
  {
    status: 'blocked',
    word: 'blocked',
    icon: 'block',
    meaning:
      'The whole response is withheld: its only item is not allowed, or, in strict mode, some items are not allowed',
  },
  {
    status: 'error',
    word: 'error',
    icon: 'error',
    meaning: 'The guard or the backend fails; the client receives an error',
  },
  { status: 'pending', word: 'pending', icon: 'pending', meaning: 'Not replayed yet' },
  { status: 'running', word: 'running', icon: 'running', meaning: 'The server has not answered yet' },
  { status: 'skipped', word: 'skipped', icon: 'skip', meaning: 'Call to a server that is not selected for replay' },
];

const byStatus = new Map(statusLooks.map((look) => [look.status, look]));

/** The presentation of a status. */
export function lookOf(status: RowStatus): StatusLook {
  const look = byStatus.get(status);
  if (look === undefined) throw new Error(`No look for status "${status}"`);
  return look;
}

/** Whether a word is a status. */
export function isStatus(word: string): word is RowStatus {
  return byStatus.has(word as RowStatus);
}
