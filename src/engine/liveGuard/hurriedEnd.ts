/** When a guard that still loads or decides at the end of a tap is stopped: not while guards make progress, and not because others are busy. */

/** What is seen of the guards of this process at one moment. */
export interface GuardSight {
  /** Milliseconds of a clock that never goes back. */
  readonly wallMs: number;
  /** Milliseconds of processor time that this process has used. */
  readonly cpuMs: number;
  /** Grows with each step of any guard of the process: compiled, loaded, a call decided. */
  readonly steps: number;
  /** Whether the guard is still compiled; no code of it runs then. */
  readonly isLoading: boolean;
}

/** Milliseconds that one guard call may take; most take less than ten. */
const callMs = 100;

/** Milliseconds of processor time without which they do not count. More of it holds up the end of many guards that do not return (RESULTS.md). */
const callCpuMs = 25;

/** Milliseconds for compiling; the largest guards take one second on an idle machine. */
const loadMs = 5000;

/** Milliseconds after which a tap ends in any case. */
const longestMs = 30_000;

/** Milliseconds between two looks. The first one is after `callMs`: this thread competes with guards that do not return. */
const lookMs = 20;

/**
 * Looks at guards again and again. A guard is stalled after a time without a step in which this process also used the processors: on a busy
 * machine the time passes without the guard. The steps of all guards count, because they share the processors.
 */
export class StallWatch {
  readonly #begin: GuardSight;
  #lastStep: GuardSight;

  constructor(first: GuardSight) {
    this.#begin = first;
    this.#lastStep = first;
  }

  isStalled(now: GuardSight): boolean {
    if (now.steps !== this.#lastStep.steps) this.#lastStep = now;
    if (now.wallMs - this.#begin.wallMs >= longestMs) return true;
    const [allowedMs, allowedCpuMs] = now.isLoading ? [loadMs, loadMs] : [callMs, callCpuMs];
    return now.wallMs - this.#lastStep.wallMs >= allowedMs && now.cpuMs - this.#lastStep.cpuMs >= allowedCpuMs;
  }
}

let steps = 0;

/** A guard of this process has made progress. */
export function noteGuardStep(): void {
  steps += 1;
}

/** Resolves with `settled`. From `hurry` on, calls `stop` once when the guard is stalled, which has to settle it. */
export async function settledOrStopped(
  settled: Promise<void>,
  hurry: AbortSignal | undefined,
  { isLoading, stop }: { readonly isLoading: () => boolean; readonly stop: () => void },
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const watch = (): void => {
    const look = (): GuardSight => ({ wallMs: performance.now(), cpuMs: cpuMs(), steps, isLoading: isLoading() });
    const stall = new StallWatch(look());
    const lookAgain = (): void => {
      if (stall.isStalled(look())) stop();
      else timer = setTimeout(lookAgain, lookMs);
    };
    timer = setTimeout(lookAgain, callMs);
  };
  if (hurry?.aborted === true) watch();
  else hurry?.addEventListener('abort', watch, { once: true });
  await settled;
  hurry?.removeEventListener('abort', watch);
  clearTimeout(timer);
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
