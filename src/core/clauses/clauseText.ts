/** What lenses, hovers and the panel say of a clause. */
import type { ClauseInForce } from './clausesOfFile.ts';

/** What the calls of a session are without a clause. */
export type ClauseEffect =
  | {
      readonly kind: 'found';
      /** The calls that it decides, by index, each with what became of it: `denied`, `filtered 2/3`. */
      readonly decides: ReadonlyMap<number, string>;
      /** The calls that it does not decide, but that have another reason or other labels without it. */
      readonly touches: ReadonlyMap<number, 'reason' | 'labels'>;
    }
  /** The policy cannot be used without it. */
  | { readonly kind: 'cannot'; readonly reason: string };

/** What a lens says of a clause; `calls` are all decided calls. `isOnly`: whether no other clause stands on its line. */
export function clauseLens(clause: ClauseInForce, effect: ClauseEffect, calls: number, isOnly: boolean): string {
  const what = effectText(clause, effect, calls);
  if (isOnly) return what;
  // Entries share a line with their list, whose lens says of how many calls.
  const isShort = clause.entry !== null && effect.kind === 'found' && effect.decides.size > 0;
  return `${clauseName(clause)}: ${isShort ? countText(effect.decides.size) : what}`;
}

/** The entry of a list, or the field. */
function clauseName({ entry, field }: ClauseInForce): string {
  return entry ?? field;
}

/** For example `decides 12 of 32 calls`. */
function effectText({ entry, without }: ClauseInForce, effect: ClauseEffect, calls: number): string {
  if (without === null) return 'is the widest value, which decides no call';
  if (effect.kind === 'cannot') return `cannot be left out: ${effect.reason}`;
  const { decides, touches } = effect;
  if (decides.size > 0) return `decides ${decides.size} of ${countText(calls)}`;
  if (touches.size > 0) return `decides no call, changes reasons or labels of ${countText(touches.size)}`;
  return entry === null ? 'decides no call' : 'matched no call';
}

/** What the clause was replaced by to find out, as the end of a sentence. */
export function withoutText({ widest, field }: ClauseInForce): string {
  return widest === null ? 'Without it' : `With ${widest} as ${field}`;
}

function countText(calls: number): string {
  return calls === 1 ? '1 call' : `${calls} calls`;
}

/** Most calls that are listed. */
const mostCalls = 12;

/** The calls that a clause decides, with their numbers: `decides 3 of 32 calls: 2, 4, 9 (compared with "none")`. */
export function clauseCalls(clause: ClauseInForce, effect: ClauseEffect, calls: number): string {
  const text = effectText(clause, effect, calls);
  if (effect.kind === 'cannot' || effect.decides.size === 0) return text;
  const numbers = [...effect.decides.keys()].map((index) => index + 1).sort((a, b) => a - b);
  const more = numbers.length > mostCalls ? ', …' : '';
  const place = clause.widest === null ? '' : ` (compared with ${clause.widest})`;
  return `${text}: ${numbers.slice(0, mostCalls).join(', ')}${more}${place}`;
}

/** The clause as it is written, for a list: `"workspace/docs" in repos`, `min-integrity "approved"`. */
export function clauseTitle({ field, entry, value, servers }: ClauseInForce): string {
  const written =
    entry === null
      ? `${field} ${value}`
      : field === 'tool-call-limits'
        ? `${field} of ${entry}: ${value}`
        : `${value} in ${field}`;
  return servers === null ? written : `${written} (${servers.join(', ')})`;
}

/** How long a search takes, for example `40 s`. */
export function waitText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
