/** Ends a server whose tap was killed: by then its input has ended, which most servers take as their end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, type ProcessIdentity, signalExactly } from '../format/processIdentity.ts';

/** Milliseconds until a server that goes on gets the next signal, as clients do it. */
const graceMs = 2000;

/** Milliseconds between two looks. */
const lookMs = 50;

/**
 * Waits for the end of the server, asks it to end, and kills it when it does not. Only a process with a known start time is signalled, so that
 * a process that got its number meanwhile is not hit. Resolves when the server has ended or cannot be signalled.
 */
export async function endOrphan(server: ProcessIdentity): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (await endsWithin(server)) return;
    if (!signalExactly(server, signal)) return;
  }
}

async function endsWithin(server: ProcessIdentity): Promise<boolean> {
  for (let looked = 0; looked < graceMs; looked += lookMs) {
    if (!isRunning(server)) return true;
    await sleep(lookMs);
  }
  return false;
}
