/** Gives answers of calls that ran at the same time to the right calls: the text log says in which order the calls ended. */
import type { CallDraft } from '../model/draft.ts';
import type { ClientCall } from './clientCall.ts';

/** A call with its times in milliseconds since 1970. */
interface Ended {
  readonly draft: CallDraft;
  readonly from: number;
  readonly answered: number;
  readonly answerLine: number;
  /** When the gateway answered the client. */
  readonly end: number;
}

/**
 * The JSON log has no ids, so answers are paired in the order of their requests (gateway spec 4.3). The gateway answers a client right after the
 * backend answered it, so among calls of a server that overlap, the first answer belongs to the call that ends first. `drafts`: all calls
 * of the log; where one without labels overlaps that is not the client's, a look-up of the guard may have taken an answer, and nothing changes.
 */
export function orderAnswers(drafts: readonly CallDraft[], found: ReadonlyMap<ClientCall, CallDraft>): void {
  const ended = new Map<string, Ended[]>();
  for (const [{ end }, draft] of found) {
    const { start, answerTime, answerLine } = draft;
    if (end === null || start.time === null || answerTime === null || answerLine === null) continue;
    const call = { draft, from: start.time, answered: answerTime, answerLine, end };
    const known = ended.get(start.server);
    if (known === undefined) ended.set(start.server, [call]);
    else known.push(call);
  }
  for (const [server, calls] of ended) {
    const clusters = overlapping(calls);
    if (clusters.length === 0) continue;
    const clients = new Set(calls.map(({ draft }) => draft));
    const others = new LatestAnswer(drafts.filter((draft) => draft.start.server === server && !clients.has(draft)));
    const moved = clusters.flatMap((cluster) => (mixes(cluster, others) ? [] : orderCluster(cluster)));
    const tools = new Set(moved.map(({ start }) => start.tool));
    for (const tool of tools) orderFiltered([...clients].filter(({ start }) => start.tool === tool));
  }
}

/** The groups of at least two calls that overlap, directly or through others. */
function overlapping(calls: readonly Ended[]): readonly (readonly Ended[])[] {
  const clusters: Ended[][] = [];
  let latest = -Infinity;
  for (const call of [...calls].sort((left, right) => left.from - right.from)) {
    if (call.from < latest) clusters.at(-1)?.push(call);
    else clusters.push([call]);
    latest = Math.max(latest, call.answered);
  }
  return clusters.filter(({ length }) => length > 1);
}

/** Whether requests of the guard were paired from the same queue as these calls. Labelled answers go to labelled requests only. */
function mixes(cluster: readonly Ended[], others: LatestAnswer): boolean {
  const labelled = cluster.filter(({ draft }) => draft.start.agentLabels !== null).length;
  const from = cluster[0]?.from ?? Infinity;
  const to = cluster.reduce((latest, { answered }) => Math.max(latest, answered), -Infinity);
  return labelled < cluster.length && (labelled > 0 || others.of(to) >= from);
}

/** The latest answer to requests up to a time. Reads the requests once, so times must not decrease. */
class LatestAnswer {
  readonly #drafts: readonly CallDraft[];
  #next = 0;
  #latest = -Infinity;

  constructor(drafts: readonly CallDraft[]) {
    this.#drafts = drafts;
  }

  of(to: number): number {
    for (; (this.#drafts[this.#next]?.start.time ?? Infinity) <= to; this.#next++) {
      this.#latest = Math.max(this.#latest, this.#drafts[this.#next]?.answerTime ?? Infinity);
    }
    return this.#latest;
  }
}

/** Gives each call the answer that arrived in its place. Returns the calls that got another answer. */
function orderCluster(cluster: readonly Ended[]): readonly CallDraft[] {
  const answers = [...cluster].sort((left, right) => left.answerLine - right.answerLine);
  const calls = [...cluster].sort((left, right) => left.end - right.end);
  const isPossible = calls.every(({ from, end }, at) => {
    const answered = answers[at]?.answered ?? Infinity;
    return answered >= from && answered <= end + roundingMs;
  });
  if (!isPossible) return [];
  const values = answers.map(({ draft: { answer, answerTime, answerLine, answerBytes, answerRedacted } }) => ({
    ...{ answer, answerTime, answerLine, answerBytes, answerRedacted },
  }));
  const moved: CallDraft[] = [];
  for (const [at, { draft, answerLine }] of calls.entries()) {
    const arrived = values[at];
    if (arrived === undefined || arrived.answerLine === answerLine) continue;
    draft.recover(arrived);
    moved.push(draft);
  }
  return moved;
}

/** A filter record follows the answer of its call and names the tool. `drafts`: all calls of a tool. */
function orderFiltered(drafts: readonly CallDraft[]): void {
  const records = drafts.flatMap(({ filtered }) => filtered).sort((left, right) => left.line - right.line);
  if (records.length === 0) return;
  const answered = [...drafts].sort((left, right) => (left.answerLine ?? 0) - (right.answerLine ?? 0));
  for (const draft of answered) draft.filtered = [];
  let at = 0;
  for (const record of records) {
    while ((answered[at + 1]?.answerLine ?? Infinity) < record.line) at++;
    const owner = answered[at];
    if (owner !== undefined) owner.filtered = [...owner.filtered, record];
  }
}

/** The two logs round their times separately. */
const roundingMs = 2;
