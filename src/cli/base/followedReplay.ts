/** `replay --follow`: decides the calls of a session while it is recorded, and prints each as soon as it is decided. */
import { jsonText } from '../../core/base/jsonText.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { JsonObject } from '../../core/base/json.ts';
import type { Trace, TraceCall } from '../../core/trace/model/traceModel.ts';
import { type FollowedTrace, followTrace } from '../../engine/traceFiles/follow.ts';
import type { Guard } from '../../core/guard/guard.ts';
import { chooseServer, type FeedResults, type FeedSettings, replayFeed } from '../../engine/session/replayFeed.ts';
import { TraceFeed } from '../../engine/session/traceFeed.ts';
import { DecisionTable } from './decisionTable.ts';
import { guardFailed } from './failedGuard.ts';
import { type Output, paint } from './output.ts';
import { lineOf, ProblemGroups } from './problemGroups.ts';

/** What is opened once the server is known, and anew when the replay has to begin anew. */
export interface FollowedInputs {
  readonly guard: Guard;
  readonly policy: JsonObject | undefined;
  readonly settings: FeedSettings;
}

export interface FollowOptions {
  readonly path: string;
  readonly server: string | null;
  readonly json: boolean;
  readonly explain: boolean;
  readonly open: (trace: Trace, server: string) => Promise<FollowedInputs>;
}

/** Ends when the trace does, or by Ctrl-C. Gives whether the guard was healthy to the end and failed at no call. */
export async function followReplay(options: FollowOptions, output: Output): Promise<boolean> {
  const stop = new AbortController();
  const { signal } = stop;
  const onSignal = (): void => stop.abort();
  for (const each of ends) process.once(each, onSignal);
  const printed = new PrintedDecisions(output, options);
  let feed: TraceFeed | undefined;
  let generation = 0;
  const onChange = (now: FollowedTrace): void => {
    if (now.generation !== generation) printed.begin();
    generation = now.generation;
    feed?.push(now.trace);
  };
  const followed = await followTrace(options.path, { signal, onChange });
  feed = new TraceFeed(followed.trace);
  generation = followed.generation;
  try {
    return (await follow(options, followed, feed, printed, signal)) && !printed.guardFailed;
  } finally {
    for (const each of ends) process.off(each, onSignal);
    followed.dispose();
    await printed.end();
  }
}

const ends: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

async function follow(
  { open, server: wanted }: FollowOptions,
  followed: FollowedTrace,
  feed: TraceFeed,
  printed: PrintedDecisions,
  signal: AbortSignal,
): Promise<boolean> {
  if (feed.trace.calls.length === 0) printed.say(`waiting for calls in ${followed.file}`);
  for (;;) {
    const server = await chooseServer(wanted, feed, signal);
    if (signal.aborted) return true;
    const { trace } = feed;
    const healthy = server === null || (await decide(server, open, feed, printed, signal));
    if (signal.aborted || !healthy) return healthy;
    // A capture ends with its tap: one that is full while the tap runs goes on in the next file. The log of a gateway may go on at any time.
    if (feed.trace.format === 'native' && feed.trace.growing !== true && followed.live === null) return true;
    if (feed.trace === trace || feed.trace.growing !== true) await feed.waitForChange(feed.trace, null, signal);
  }
}

/** Decides what there is until the trace ends; gives whether the guard was healthy then. */
async function decide(
  server: string,
  open: FollowOptions['open'],
  feed: TraceFeed,
  printed: PrintedDecisions,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    const { guard, policy, settings } = await open(feed.trace, server);
    try {
      const onCaughtUp = ({ problems }: Trace): void => printed.tellProblems(problems);
      const tellers = { onStep: () => undefined, onCaughtUp, onWoken: () => undefined };
      if (await replayFeed({ guard, policy, settings, server, feed, results: printed, signal, ...tellers })) {
        return guard.healthy;
      }
      if (!printed.isEmpty) {
        printed.say('what came late belongs before calls that were decided: deciding anew, and printing what differs');
      }
    } finally {
      await guard.close();
    }
  }
}

/** Prints every decision once, and again only when it has become another. */
class PrintedDecisions implements FeedResults {
  readonly #output: Output;
  readonly #json: boolean;
  readonly #table: DecisionTable;
  readonly #problems: ProblemGroups;
  readonly #records = new Map<number, { readonly record: DecisionRecord; readonly essence: string }>();
  readonly #told = new Set<string>();
  #printing: Promise<void> = Promise.resolve();

  constructor(output: Output, { json, explain }: FollowOptions) {
    this.#output = output;
    this.#json = json;
    this.#table = new DecisionTable(output, explain);
    this.#problems = new ProblemGroups(output, json || explain);
  }

  get isEmpty(): boolean {
    return this.#records.size === 0;
  }

  /** Whether it did at one of the calls, as they are decided now. */
  get guardFailed(): boolean {
    return [...this.#records.values()].some(({ record }) => guardFailed(record));
  }

  /** What follows is another session under the same name. */
  begin(): void {
    this.#records.clear();
    this.#told.clear();
    this.#print(() => this.#problems.end());
    this.say('the file begins anew, and so do the calls');
  }

  has(record: DecisionRecord): boolean {
    return this.#records.get(record.index)?.record === record;
  }

  add(record: DecisionRecord): void {
    const before = this.#records.get(record.index);
    const essence = essenceOf(record);
    this.#records.set(record.index, { record, essence });
    if (before?.essence === essence) return;
    this.#print(() => (this.#json ? this.#output.json(record) : this.#table.add(record)));
  }

  addLookup(lookup: TraceCall, madeFor: TraceCall): void {
    // Nobody has seen it as a call, so nobody needs to know.
    if (!this.#records.delete(lookup.index)) return;
    const { index, tool } = lookup;
    this.#print(() => {
      if (this.#json) return this.#output.json({ index, lookupFor: madeFor.index });
      const sentence = `${String(index + 1).padStart(4)}  was a look-up of the guard for call ${madeFor.index + 1}: ${tool}`;
      return this.#output.line(paint('dim', sentence));
    });
  }

  tellProblems(problems: Trace['problems']): void {
    for (const problem of problems) {
      const key = `${problem.code} ${problem.position?.line ?? ''} ${problem.message}`;
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      this.#print(() => this.#problems.tell(problem, lineOf(problem)));
    }
  }

  say(sentence: string): void {
    this.#print(() => this.#output.note(sentence));
  }

  async end(): Promise<void> {
    await this.#printing;
    this.#problems.end();
    if (!this.#json) await this.#table.end();
  }

  #print(print: () => Promise<void> | void): void {
    this.#printing = this.#printing.then(print);
  }
}

/** What a reader would call another decision; times and memory differ from run to run. */
function essenceOf({ outcome, endedIn, items, client, resource }: DecisionRecord): string {
  return jsonText([outcome, endedIn, items?.map(({ allowed }) => allowed), client, resource]);
}
