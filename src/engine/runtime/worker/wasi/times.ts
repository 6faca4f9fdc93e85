/** Time stamps of files: there are no files, but setting a stamp to "now" reads the clock (wazero spec 7.2). */
import type { GuestClocks } from '../clock.ts';

const access = 1;
const accessNow = 2;
const modification = 4;
const modificationNow = 8;

/** Reads the wall clock once when a stamp is set to "now"; returns false for contradicting flags. */
export function tickTimes(clocks: GuestClocks, flags: number): boolean {
  if ((flags & access) !== 0 && (flags & accessNow) !== 0) return false;
  const ticked = (flags & accessNow) !== 0;
  if (ticked) clocks.readWall();
  if ((flags & modification) !== 0 && (flags & modificationNow) !== 0) return false;
  if ((flags & modificationNow) !== 0 && !ticked) clocks.readWall();
  return true;
}
