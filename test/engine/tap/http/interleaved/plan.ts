/** A seeded plan of clients without sessions that use equal ids at once: what each sends, how the server answers, and who disconnects. */
import { Random } from '../../../../oracle/random.ts';

/** How the tap treats the messages: it records them, or a guard watches or enforces. */
export type InterleavedMode = 'record' | 'watch' | 'enforce';

/** How the server answers a call: one JSON body, a stream of events, an error, or a request for input first. */
export type AnswerKind = 'json' | 'events' | 'error' | 'input' | 'listen';

/** One call of a client. `waits`: milliseconds of the server before each step of its answer. */
export interface PlannedCall {
  /** Unique in the plan; the arguments of the call and every message about it carry it. */
  readonly marker: string;
  readonly id: number;
  readonly kind: AnswerKind;
  readonly waits: readonly number[];
  /** Notifications of progress before the answer. */
  readonly progress: number;
  /** Milliseconds of the client before it sends. */
  readonly pause: number;
  /** Milliseconds after sending at which the client disconnects; null for a client that waits. */
  readonly leaves: number | null;
  /** Whether the client also sends `notifications/cancelled` with the id before it disconnects. */
  readonly cancels: boolean;
}

/** The clients of a plan, each with its calls in order. */
export interface InterleavingPlan {
  readonly seed: number;
  readonly mode: InterleavedMode;
  readonly clients: readonly (readonly PlannedCall[])[];
}

const modes: readonly InterleavedMode[] = ['record', 'watch', 'enforce'];

/** The same plan for the same seed; the seeds go round the three modes. */
export function planOf(seed: number): InterleavingPlan {
  const random = new Random(seed, 0);
  const mode = modes[seed % modes.length] ?? 'record';
  const clients = random.list(random.between(1, 8), (client) => {
    // All clients count their ids from the same number, except a few.
    let id = random.once(5) ? 2 : 1;
    return random.list(random.between(1, 3), (at): PlannedCall => {
      const kind = random.weighted<AnswerKind>([
        [4, 'json'],
        [4, 'events'],
        [1, 'error'],
        [2, 'input'],
        [1, 'listen'],
      ]);
      const leaves = random.once(6) ? random.below(12) : null;
      const call: PlannedCall = {
        marker: `m${seed}x${client}x${at}m`,
        id,
        kind,
        waits: random.list(4, () => (random.once(3) ? 0 : random.below(9))),
        progress: kind === 'events' || kind === 'listen' ? random.below(3) : 0,
        pause: random.once(2) ? 0 : random.below(6),
        leaves,
        cancels: leaves !== null && random.once(2),
      };
      // The retry after a request for input has an id of its own.
      id += kind === 'input' ? 2 : 1;
      return call;
    });
  });
  return { seed, mode, clients };
}
