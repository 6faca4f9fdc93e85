/** The word, icon and explanation of each call status and mark, shared by list, chips and detail. */
import type { CallRow, ChipId, RowMark, RowStatus } from '../../src/core/protocol/rows.ts';

/** The presentation of one status. */
export interface StatusLook {
  readonly status: RowStatus;
  readonly word: string;
  readonly icon: 'check' | 'filter' | 'deny' | 'block' | 'error' | 'pending' | 'running' | 'skip';
  /** The tooltip. */
  readonly meaning: string;
}

/** The statuses in the order of the chips. */
const statusLooks: readonly StatusLook[] = [
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
  {
    status: 'skipped',
    word: 'skipped',
    icon: 'skip',
    meaning: 'Not decided: no guard decides the calls of the server, or the call is a look-up of a guard',
  },
];

const byStatus = new Map(statusLooks.map((look) => [look.status, look]));

/** The presentation of a status. */
function lookOf(status: RowStatus): StatusLook {
  const look = byStatus.get(status);
  if (look === undefined) throw new Error(`No look for status "${status}"`);
  return look;
}

/** The presentation of one chip. */
export interface ChipLook {
  readonly id: ChipId;
  readonly word: string;
  readonly icon: StatusLook['icon'] | 'warning' | 'search' | 'shield' | 'differs' | 'edit';
  /** The tooltip. */
  readonly meaning: string;
}

/** The marks in the order of the chips. */
export const markLooks: readonly (ChipLook & { readonly id: RowMark })[] = [
  {
    id: 'edited',
    word: 'changed by you',
    icon: 'edit',
    meaning: 'You changed the call by hand, to see how it is decided then',
  },
  { id: 'changed', word: 'changed', icon: 'differs', meaning: 'The call is decided otherwise than in the baseline' },
  {
    id: 'unlabeled',
    word: 'unfiltered',
    icon: 'warning',
    meaning: 'label_response gave no labels, so the client receives the whole result without a check of its items',
  },
  {
    id: 'unrecorded',
    word: 'look-ups missing',
    icon: 'search',
    meaning: 'The decision rests on look-ups of the guard that were not recorded; production may decide differently',
  },
  { id: 'lint', word: 'lint', icon: 'warning', meaning: "A warning says that the guard's author made a mistake" },
];

/** What a row shows in place of its status. */
export interface RowLook {
  /** The end of the class that gives the colour. */
  readonly kind: string;
  readonly word: string;
  readonly icon: ChipLook['icon'];
  /** The tooltip. */
  readonly meaning: string;
}

/** The presentation of a row: a result that passed without labels is a warning, and a decision that lacks look-ups says so. */
export function lookOfRow({ status, marks }: Pick<CallRow, 'status' | 'marks'>): RowLook {
  const unfiltered = markLooks.find(({ id }) => id === 'unlabeled');
  const look: RowLook =
    status === 'allowed' && marks.includes('unlabeled') && unfiltered !== undefined
      ? { ...unfiltered, kind: 'unlabeled' }
      : { ...lookOf(status), kind: status };
  if (!marks.includes('unrecorded')) return look;
  const unrecorded = markLooks.find(({ id }) => id === 'unrecorded');
  return { ...look, word: `${look.word}?`, meaning: `${look.meaning}. ${unrecorded?.meaning ?? ''}` };
}

/** The chips: the statuses, then the marks. */
export const chipLooks: readonly ChipLook[] = [
  ...statusLooks.map(({ status, word, icon, meaning }) => ({ id: status, word, icon, meaning })),
  ...markLooks,
];

const chips: ReadonlySet<string> = new Set(chipLooks.map(({ id }) => id));

/** Other words of the filter box for chips. */
const aliases: ReadonlyMap<string, ChipId> = new Map([['unfiltered', 'unlabeled']]);

/** The chip that a word of the filter box names; the word itself when it names none. */
export function chipOf(word: string): string {
  return aliases.get(word) ?? word;
}

/** Whether a word is the id of a chip. */
export function isChip(word: string): word is ChipId {
  return chips.has(word);
}

/** Whether a chip is a mark. */
export function isMark(id: ChipId): id is RowMark {
  return markLooks.some((look) => look.id === id);
}
