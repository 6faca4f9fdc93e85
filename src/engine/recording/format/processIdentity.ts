/** Names a process so that a later one with the same number is not taken for it. */
import { readFileSync } from 'node:fs';

export interface ProcessMark {
  readonly pid: number;
  /** When it was started, in the kernel's ticks since its own start (Linux); null where that is not known. */
  readonly born: number | null;
}

export function markOf(pid: number): ProcessMark {
  return { pid, born: birthOf(pid) };
}

/** A process of somebody else counts as running, too; one that has ended and waits for its parent to hear of it does not. */
export function isRunning({ pid, born }: ProcessMark): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || !exists(pid)) return false;
  const stat = statOf(pid);
  if (stat === null) return true;
  return !/^[ZX]$/.test(stat[0] ?? '') && (born === null || Number(stat[bornAt]) === born);
}

function birthOf(pid: number): number | null {
  const stat = statOf(pid);
  return stat === null ? null : Number(stat[bornAt]);
}

/** The words of `stat` (proc(5)) behind the name of the program, which may hold blanks: the state is the first of them. */
function statOf(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** Where the time of the start stands among those words. */
const bornAt = 19;

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
