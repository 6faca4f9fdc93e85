/** A factor for the time limits of tests, measured from the current speed of the machine. */
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';

/** Milliseconds that `work` takes on an idle reference machine. */
const usualMs = 60;

/** Environment variable that passes the factor from the runner to its child processes. */
export const patienceVariable = 'GUARDSCOPE_PATIENCE';

/**
 * The factor, from 1 to 4: measured once by the runner, or by the first process that asks. It is 1 on an idle machine, 2 on one that is
 * half as fast or half taken.
 */
export const patience: number = inherited() ?? measured();

/** A time limit for this machine, in whole milliseconds. */
export const patiently = (ms: number): number => Math.ceil(ms * patience);

function inherited(): number | undefined {
  const value = Number(process.env[patienceVariable] ?? Number.NaN);
  return value >= 1 ? value : undefined;
}

function measured(): number {
  work();
  const times = [1, 2, 3, 4, 5].map(() => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  // The mean instead of the best time, because other processes also slow down the tests.
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  // With a larger factor, failing tests would take too long.
  const factor = Math.min(4, Math.max(1, mean / usualMs));
  process.env[patienceVariable] = String(factor);
  return factor;
}

function work(): void {
  const bytes = Buffer.alloc(1 << 20);
  const hash = createHash('sha512');
  for (let round = 0; round < 24; round++) {
    for (let at = 0; at < bytes.length; at += 64) bytes[at] = (bytes[at] ?? 0) + at;
    hash.update(bytes);
  }
  hash.digest();
}
