/** Pages through filtered rows without scanning the whole trace for every page. */
import { defaultAgent } from '../session/sessionRules.ts';
import type { CallRow, RowFilter, RowPage } from '../protocol/rows.ts';

/** Source of the rows; `revision` grows whenever a row changes. */
export interface RowSource {
  readonly revision: number;
  readonly count: number;
  row(index: number): CallRow;
  /** The calls that a clause of the policy decides; absent: none are known. */
  decidedBy?(clause: string): { has(index: number): boolean };
}

/** Pages through the rows of a source; caches the positions of the last filter until the rows change. */
export class RowIndex {
  readonly #source: RowSource;
  #cached: { readonly key: string; readonly revision: number; readonly positions: readonly number[] } | undefined;

  constructor(source: RowSource) {
    this.#source = source;
  }

  /** Returns the matching rows from `from` up to, but not including, `from + count`. */
  page(from: number, count: number, filter: RowFilter): RowPage {
    const { revision } = this.#source;
    const positions = this.#positions(filter);
    const total = positions?.length ?? this.#source.count;
    const rows: CallRow[] = [];
    for (let at = Math.max(0, from); at < Math.min(total, from + count); at++) {
      rows.push(this.#source.row(positions?.[at] ?? at));
    }
    return { from: Math.max(0, from), total, rows, revision };
  }

  /** Returns the position of a call under the filter; -1 when it is filtered out. */
  locate(index: number, filter: RowFilter): number {
    const positions = this.#positions(filter);
    return positions === undefined ? index : positions.indexOf(index);
  }

  /** Returns the indices of the matching rows; undefined without a filter: position and index are then the same. */
  #positions(filter: RowFilter): readonly number[] | undefined {
    const { text, statuses, servers, agents, clauses } = filter;
    const isAll = statuses.length + servers.length + agents.length + clauses.length === 0;
    if (text.trim() === '' && isAll) return undefined;
    const key = JSON.stringify(filter);
    const { revision, count } = this.#source;
    if (this.#cached?.key === key && this.#cached.revision === revision) return this.#cached.positions;
    const matches = rowMatcher(filter, this.#source);
    const positions: number[] = [];
    for (let index = 0; index < count; index++) if (matches(this.#source.row(index))) positions.push(index);
    this.#cached = { key, revision, positions };
    return positions;
  }
}

/** Matches rows that contain every word of the text; case-insensitive. */
function rowMatcher(filter: RowFilter, source: RowSource): (row: CallRow) => boolean {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const statuses = new Set(filter.statuses);
  const servers = new Set(filter.servers.map((id) => id.toLowerCase()));
  const agents = new Set(filter.agents.map((id) => id.toLowerCase()));
  const decided = filter.clauses.flatMap((clause) => source.decidedBy?.(clause) ?? []);
  return (row) => {
    if (filter.clauses.length > 0 && !decided.some((calls) => calls.has(row.index))) return false;
    if (servers.size > 0 && !servers.has(row.server.toLowerCase())) return false;
    if (agents.size > 0 && !agents.has(row.agent.toLowerCase())) return false;
    if (statuses.size > 0 && !statuses.has(row.status) && !row.marks.some((mark) => statuses.has(mark))) return false;
    if (words.length === 0) return true;
    const { tool, server, args, status, headline } = row;
    // Every row of a trace without agents has the agent "default", so that the word would tell nothing.
    const agent = row.agent === defaultAgent ? '' : row.agent;
    const kinds = (row.changes ?? []).map((kind) => ` change:${kind}`).join('');
    const text = `${tool} ${server} ${agent} ${args} ${status} ${headline}${kinds}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
