/** Tells which calls take the guard longer than in another run, beyond what a busy machine does to the time of a call. */

/** The milliseconds that the guard took for a call. */
export interface CallTimes {
  readonly index: number;
  /** In the run that is compared with. */
  readonly before: number;
  /** In the run on show, then in each look that decided the same calls again. */
  readonly after: readonly number[];
}

/** A call that got slower: its times in milliseconds, the shortest of all looks. */
export interface SlowerCall {
  readonly index: number;
  readonly before: number;
  readonly after: number;
}

/**
 * Looks after which a slower call is marked. A busy machine takes the processor from any call, so one time says nothing; that it takes it from the same
 * call in each look is improbable, and by more than it does to any other call, still more so.
 */
export const confirmingLooks = 3;

/** A call grew when it takes so many times as long… */
const leastFactor = 3;
/** …and so many milliseconds longer. */
const leastMs = 5;
/** Shorter calls say nothing about how fast the machine is. */
const leastMeasuredMs = 0.05;

/**
 * The calls that got slower, as far as the looks so far say. Fewer looks than `confirmingLooks` give candidates, which another look may take back; without a
 * candidate no other look is needed. What slows all calls down alike, such as a machine with other work, is not the call's.
 */
export function slowerCalls(times: readonly CallTimes[]): readonly SlowerCall[] {
  const slowdown = slowdownOf(times);
  const shortest = times.map(({ after }) => Math.min(...after));
  const growth = times.map(({ before }, at) => (shortest[at] ?? 0) - before * slowdown);
  const isCandidate = times.map(({ before }, at) => {
    return (shortest[at] ?? 0) > leastFactor * before * slowdown && (growth[at] ?? 0) > leastMs;
  });
  const noise = noiseOf(times.filter((_, at) => isCandidate[at] !== true));
  return times.flatMap(({ index, before }, at) => {
    const isSlower = isCandidate[at] === true && (growth[at] ?? 0) > noise;
    return isSlower ? [{ index, before, after: shortest[at] ?? 0 }] : [];
  });
}

/** By how much all calls together take longer: the middle one of their ratios, at least 1. */
function slowdownOf(times: readonly CallTimes[]): number {
  const ratios = times
    .filter(({ before }) => before >= leastMeasuredMs)
    .map(({ before, after }) => Math.min(...after) / before)
    .sort((a, b) => a - b);
  return Math.max(1, ratios[Math.floor(ratios.length / 2)] ?? 1);
}

/** The most by which the time of one of these calls differs between looks. The run on show is not one: its code may not have been optimised yet. */
function noiseOf(times: readonly CallTimes[]): number {
  let noise = 0;
  for (const { after } of times) {
    const looks = after.slice(1);
    if (looks.length > 1) noise = Math.max(noise, Math.max(...looks) - Math.min(...looks));
  }
  return noise;
}

/** `was 1.2 ms, is 34 ms`. */
export function slowerText({ before, after }: SlowerCall): string {
  return `was ${msText(before)}, is ${msText(after)}`;
}

function msText(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
