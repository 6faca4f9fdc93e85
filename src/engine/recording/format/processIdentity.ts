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

/**
 * Sends a signal to exactly this process, and to its process group where it leads one. False when it does not run any more, or when its number
 * may belong to another process, because its start is not known.
 */
export function signalExactly(process: ProcessIdentity, signal: NodeJS.Signals): boolean {
  const { pid, born } = process;
  if (born === null || !isRunning(process)) return false;
  const leadsGroup = Number(statOf(pid)?.[groupAt]) === pid;
  try {
    globalThis.process.kill(leadsGroup ? -pid : pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** What a process did so far, as far as the system says. */
interface Activity {
  /** Processor time in ticks. */
  readonly ticks: number;
  /** Whether it runs or waits for a processor: then others are busy, and it is not stuck. */
  readonly isReady: boolean;
}

/**
 * Looks at a process again and again, and counts the looks in a row without progress. A process that uses a processor, or waits for one,
 * makes progress: a busy machine is not a reason to give it up. Where the system does not say (other than Linux), only its signs count.
 */
export class ProgressWatch {
  readonly #pid: number;
  #sign = '';
  #ticks = -1;
  #looks = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Looks with a `sign` that changes with each progress that the caller sees. Returns the number of looks in a row without progress. */
  look(sign: string): number {
    const { ticks, isReady } = activityOf(this.#pid);
    const hasProgress = isReady || ticks !== this.#ticks || sign !== this.#sign;
    this.#sign = sign;
    this.#ticks = ticks;
    this.#looks = hasProgress ? 0 : this.#looks + 1;
    return this.#looks;
  }
}

function activityOf(pid: number): Activity {
  const stat = statOf(pid);
  if (stat === null) return { ticks: 0, isReady: false };
  return { ticks: Number(stat[userTimeAt]) + Number(stat[userTimeAt + 1]), isReady: stat[0] === 'R' };
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

/** Index of the process group among those words. */
const groupAt = 2;

/** Index of the processor time in user mode among those words; the time in kernel mode follows. */
const userTimeAt = 11;

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
