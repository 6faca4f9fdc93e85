/** `replay --follow`: replays the calls of a growing trace, and prints each decision when it is made. */
import { formatFacts } from '../../core/trace/formats.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { hasStrictFinding } from '../../core/lint/strictFindings.ts';
import type { LookupFixture } from '../../core/trace/model/lookupFixtures.ts';
import type { Trace, TraceCall } from '../../core/trace/model/traceModel.ts';
import { type FollowedTrace, followTrace } from '../../engine/traceFiles/follow.ts';
import type { OpenedSession } from '../../engine/replay/openSession.ts';
import { chooseServer, type FeedResults, replayFeed } from '../../engine/session/replayFeed.ts';
import { TraceFeed } from '../../engine/session/traceFeed.ts';
import { DecisionTable } from './decisionTable.ts';
import { decisionDigest } from '../../core/replay/decisionDigest.ts';
import { guardFailed } from '../../core/replay/guardFailed.ts';
import type { ReplayEnd } from './replayEnd.ts';
import type { IsShown } from './shownDecisions.ts';
import { type Output, paint } from './output.ts';
import { recordLine } from './printReplay.ts';
import { lineOf, ProblemGroups } from './problemGroups.ts';

export interface FollowReplayOptions {
  readonly path: string;
  /** The server whose first call starts the replay; null for that of any server. */
  readonly server: string | null;
  /** Answers to look-ups where the trace has none. */
  readonly fixtures: readonly LookupFixture[];
  readonly json: boolean;
  readonly times: boolean;
  readonly explain: boolean;
  /** Whether a decision is printed. */
  readonly isShown: IsShown;
  /** Opens the guards when a server has calls, and again when the replay restarts. */
  readonly open: (trace: Trace) => Promise<OpenedSession>;
}

/** Returns when the trace is complete or a signal arrives. */
export async function followReplay(options: FollowReplayOptions, output: Output): Promise<ReplayEnd> {
  const stop = new AbortController();
  const { signal } = stop;
  const onSignal = (): void => stop.abort();
  for (const each of endSignals) process.once(each, onSignal);
  const printed = new PrintedDecisions(output, options);
  let feed: TraceFeed | undefined;
  let generation = 0;
  const onChange = (now: FollowedTrace): void => {
    if (now.generation !== generation) printed.restart();
    generation = now.generation;
    feed?.push(now.trace);
  };
  const followed = await followTrace(options.path, { signal, onChange });
  feed = new TraceFeed(followed.trace);
  generation = followed.generation;
  try {
    const healthy = await follow(options, { followed, feed, printed, signal });
    return { works: healthy && !printed.guardFailed, hasFindings: printed.hasFindings };
  } finally {
    for (const each of endSignals) process.off(each, onSignal);
    followed.dispose();
    await printed.end();
  }
}

const endSignals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

interface Following {
  readonly followed: FollowedTrace;
  readonly feed: TraceFeed;
  readonly printed: PrintedDecisions;
  readonly signal: AbortSignal;
}

async function follow({ open, server: wanted, fixtures }: FollowReplayOptions, following: Following): Promise<boolean> {
  const { followed, feed, printed, signal } = following;
  if (feed.trace.calls.length === 0) printed.note(`waiting for calls in ${followed.file}`);
  for (;;) {
    const server = await chooseServer(wanted, feed, signal);
    if (signal.aborted) return true;
    const { trace } = feed;
    const healthy = server === null || (await decide(open, fixtures, following));
    if (signal.aborted || !healthy) return healthy;
    // A capture is complete when its tap has ended; a full capture continues in the next file. A gateway's log may grow at any time.
    if (formatFacts(feed.trace.format).endsWithTap && feed.trace.growing !== true && followed.live === null)
      return true;
    if (feed.trace === trace || feed.trace.growing !== true) await feed.waitForChange(feed.trace, null, signal);
  }
}

/** Decides calls until the trace ends. Returns whether the guards are healthy. */
async function decide(
  open: FollowReplayOptions['open'],
  fixtures: readonly LookupFixture[],
  { feed, printed, signal }: Following,
): Promise<boolean> {
  for (;;) {
    const { session, isHealthy, close } = await open(feed.trace);
    try {
      const onCaughtUp = ({ problems }: Trace): void => printed.addProblems(problems);
      const listeners = { onStep: () => undefined, onCaughtUp, onWoken: () => undefined };
      if (await replayFeed({ session: { ...session, signal }, fixtures, feed, results: printed, ...listeners })) {
        return isHealthy();
      }
      if (!printed.isEmpty) {
        printed.note(
          'a late entry belongs before calls that were already decided; replaying again and printing changed decisions',
        );
      }
    } finally {
      await close();
    }
  }
}

/** Prints every decision once, and again only if a later replay decides the call differently. */
class PrintedDecisions implements FeedResults {
  readonly #output: Output;
  readonly #json: boolean;
  readonly #times: boolean;
  readonly #isShown: IsShown;
  readonly #table: DecisionTable;
  readonly #problems: ProblemGroups;
  readonly #records = new Map<number, { readonly record: DecisionRecord; readonly essence: string }>();
  readonly #reported = new Set<string>();
  #findings: readonly Problem[] = [];
  #printing: Promise<void> = Promise.resolve();

  constructor(output: Output, { json, times, explain, isShown }: FollowReplayOptions) {
    this.#isShown = isShown;
    this.#output = output;
    this.#json = json;
    this.#times = times;
    this.#table = new DecisionTable(output, explain);
    this.#problems = new ProblemGroups(output, json || explain);
  }

  get isEmpty(): boolean {
    return this.#records.size === 0;
  }

  /** Whether the guard failed in a call, according to the latest decision of each call. */
  get guardFailed(): boolean {
    return [...this.#records.values()].some(({ record }) => guardFailed(record));
  }

  /** Whether a call has a finding that `--strict` reports, according to the latest decision of each call. */
  get hasFindings(): boolean {
    return [...this.#records.values()].some(({ record }) => hasStrictFinding(record));
  }

  /** Drops all decisions, because the file was replaced or truncated. */
  restart(): void {
    this.#records.clear();
    this.#reported.clear();
    this.#print(() => this.#problems.end());
    this.note('the file was replaced or truncated; starting again with its first call');
  }

  has(record: DecisionRecord): boolean {
    return this.#records.get(record.index)?.record === record;
  }

  add(record: DecisionRecord): void {
    const before = this.#records.get(record.index);
    const essence = essenceOf(record);
    this.#records.set(record.index, { record, essence });
    if (before?.essence === essence) return;
    const isShown = this.#isShown(record);
    this.#print(() => {
      if (!this.#json) return this.#table.add(decisionDigest(record), record, isShown);
      const decision = { record: () => record, recordText: () => jsonText(record) };
      return isShown ? this.#output.encodedJson(recordLine(decision, this.#times)) : undefined;
    });
  }

  addLookup(lookup: TraceCall, madeFor: TraceCall): void {
    // A look-up that was never printed as a call needs no note.
    if (!this.#records.delete(lookup.index)) return;
    const { index, tool } = lookup;
    this.#print(() => {
      if (this.#json) return this.#output.json({ index, lookupFor: madeFor.index });
      const sentence = `${String(index + 1).padStart(4)}  was a look-up of the guard for call ${madeFor.index + 1}: ${tool}`;
      return this.#output.line(paint('dim', sentence));
    });
  }

  setFindings(findings: readonly Problem[]): void {
    this.#findings = findings;
  }

  addProblems(problems: Trace['problems']): void {
    for (const problem of problems) {
      const key = `${problem.code} ${problem.position?.line ?? ''} ${problem.message}`;
      if (this.#reported.has(key)) continue;
      this.#reported.add(key);
      this.#print(() => this.#problems.add(problem, lineOf(problem)));
    }
  }

  note(sentence: string): void {
    this.#print(() => this.#output.note(sentence));
  }

  async end(): Promise<void> {
    await this.#printing;
    this.#problems.end();
    if (!this.#json) for (const problem of this.#findings) this.#output.problem(problem, 'session: ');
    if (!this.#json) await this.#table.end();
  }

  #print(print: () => Promise<void> | void): void {
    this.#printing = this.#printing.then(print);
  }
}

/** The parts of a decision that make it a different one for users; durations and memory vary between replays. */
function essenceOf({ outcome, endedIn, items, client, resource }: DecisionRecord): string {
  return jsonText([outcome, endedIn, items?.map(({ allowed }) => allowed), client, resource]);
}
