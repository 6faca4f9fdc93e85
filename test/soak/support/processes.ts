/** Inspects processes through `/proc` on Linux. */
import { readdirSync, readFileSync } from 'node:fs';
import { sleep } from '../../support/processes/process.ts';

/** Every descendant of a process, with its command line. */
export function descendantsOf(pid: number): readonly { readonly pid: number; readonly command: string }[] {
  const children = childrenOf(pid);
  return children.flatMap((child) => [{ pid: child, command: commandOf(child) }, ...descendantsOf(child)]);
}

/** Waits until all of these processes have ended; returns those that have not. */
export async function waitForEnd(pids: readonly number[], limitMs: number): Promise<readonly number[]> {
  const began = performance.now();
  for (;;) {
    const left = pids.filter((pid) => isAlive(pid));
    if (left.length === 0 || performance.now() - began > limitMs) return left;
    await sleep(20);
  }
}

/** Current and peak resident memory in bytes; null when the process does not exist. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0);
    return { now: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 };
  } catch {
    return null;
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'));
    return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  } catch {
    return [];
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Whether a process runs; a zombie does not. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
