/** The clauses whose value the reason of a decision names. */
import type { DecisionRecord } from '../difc/record/decision.ts';
import type { ClauseInForce } from './clausesOfFile.ts';

/** What the gateway said about a call: the reason of the whole call, of items that are withheld, and its error. */
type Reasons = Pick<DecisionRecord, 'server' | 'tool' | 'coarse' | 'items' | 'error'>;

/**
 * Tags are made by the guard, so that the gateway's sentences have no clause; but most tags hold the value of one, as `approved:workspace` or
 * `private:owner/repo`. A limit of calls is named by its tool.
 */
export function namedClauses<T extends ClauseInForce>(record: Reasons, clauses: readonly T[]): readonly T[] {
  const { server, tool, coarse, items, error } = record;
  const withheld = (items ?? []).filter(({ allowed }) => !allowed).map(({ reason }) => reason);
  const text = [coarse?.reason ?? '', error ?? '', ...new Set(withheld)].join('\n');
  if (text.trim() === '') return [];
  return clauses.filter(({ servers, field, entry, value }) => {
    if (servers?.includes(server) === false) return false;
    if (field === 'tool-call-limits') return entry === tool && (error ?? '').includes('tool call limit reached');
    const word = entry ?? (value.startsWith('"') ? (JSON.parse(value) as string) : '');
    return word.trim() !== '' && namesWord(text, word.trim());
  });
}

/** Whether a text has a word that no letter, digit, hyphen or underscore continues. */
function namesWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + word.length] ?? ' '}`;
    if (!/[\w-]/.test(around)) return true;
  }
  return false;
}
