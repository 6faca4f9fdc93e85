/** Looks at processes through Linux' own list of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { sleep } from '../../support/process.mjs';

/** Every process below one, with its command line. */
export function descendantsOf(pid) {
  const children = childrenOf(pid);
  return children.flatMap((child) => [{ pid: child, command: commandOf(child) }, ...descendantsOf(child)]);
}

/** Waits until none of them is there; gives those that are there still. */
export async function gone(pids, limitMs) {
  const began = performance.now();
  for (;;) {
    const left = pids.filter((pid) => isAlive(pid));
    if (left.length === 0 || performance.now() - began > limitMs) return left;
    await sleep(20);
  }
}

/** Resident memory in bytes, now and at its most; null of a process that is not there. */
export function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0);
    return { now: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 };
  } catch {
    return null;
  }
}

function childrenOf(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'));
    return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  } catch {
    return [];
  }
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A process that has ended and waits for its parent to hear of it counts as gone. */
function isAlive(pid) {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
