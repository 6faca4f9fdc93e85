/** Identifies a process so that a later one with the same number is not taken for it. */
import { readRegularSync } from '../../files/regularFile.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in the kernel's ticks since the boot (Linux); null where that is not known. */
  readonly born: number | null;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, born: birthOf(pid) };
}

/** Whether the process runs, also when another user owns it. A zombie does not run. */
export function isRunning({ pid, born }: ProcessIdentity): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || !exists(pid)) return false;
  const stat = statOf(pid);
  if (stat === null) return true;
  return !/^[ZX]$/.test(stat[0] ?? '') && (born === null || Number(stat[bornAt]) === born);
}

function birthOf(pid: number): number | null {
  const stat = statOf(pid);
  return stat === null ? null : Number(stat[bornAt]);
}

/** The words of `stat` (proc(5)) behind the name of the program, which may hold blanks. The state is the first of them. */
function statOf(pid: number): readonly string[] | null {
  try {
    const stat = readRegularSync(`/proc/${pid}/stat`, maxStatBytes).toString();
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** A line of some fifty words. */
const maxStatBytes = 16 * 1024;

/** Index of the start time among those words. */
const bornAt = 19;

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
