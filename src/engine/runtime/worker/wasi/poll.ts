/** `poll_oneoff`: it never waits; clocks fire at once and standard input is always ready (wazero spec 7.7). */
import { HostPanic } from '../../shared/guestError.ts';
import { errno } from './errno.ts';
import type { GuestSystem, WasiFunctions } from './system.ts';

const subscriptionBytes = 48;
const eventBytes = 32;

/** Types of subscriptions and events. */
const clock = 0;
const fdRead = 1;
const fdWrite = 2;

/** `poll_oneoff`. */
export function pollFunctions(system: GuestSystem): WasiFunctions {
  return {
    poll_oneoff(input: number, output: number, count: number, result: number): number {
      const { memory } = system;
      if (count === 0) return errno.inval;
      // Both lengths wrap in 32 bits.
      const subscriptions = memory.read(input >>> 0, Math.imul(count, subscriptionBytes) >>> 0);
      if (subscriptions === null) return errno.fault;
      const events = memory.read(output >>> 0, Math.imul(count, eventBytes) >>> 0);
      if (events === null) return errno.fault;
      events.fill(0);
      if (!memory.writeU32(result >>> 0, count >>> 0)) return errno.fault;
      return poll(subscriptions, events, count >>> 0, system.state.open);
    },
  };
}

/** Writes the events: first the immediate ones, then those that wait for standard input. */
function poll(subscriptions: Uint8Array, events: Uint8Array, count: number, open: ReadonlySet<number>): number {
  const waiting: number[] = [];
  let written = 0;
  for (let index = 0; index < count; index++) {
    const at = index * subscriptionBytes;
    if (at + subscriptionBytes > subscriptions.length) {
      throw new HostPanic(`runtime error: index out of range [${at + 8}] with length ${subscriptions.length}`);
    }
    const view = new DataView(subscriptions.buffer, subscriptions.byteOffset + at, subscriptionBytes);
    const type = view.getUint8(8);
    if (type === clock) {
      const flags = view.getUint16(40, true);
      if (flags !== 0) return flags === 1 ? errno.notsup : errno.inval;
      writeEvent(events, written++, subscriptions, at, errno.success, type);
    } else if (type === fdRead || type === fdWrite) {
      const fd = view.getInt32(16, true);
      if (fd < 0) return errno.badf;
      if (!open.has(fd)) writeEvent(events, written++, subscriptions, at, errno.badf, type);
      else if (type === fdWrite) writeEvent(events, written++, subscriptions, at, errno.notsup, type);
      else waiting.push(at);
    } else {
      return errno.inval;
    }
  }
  if (waiting.length > 0 && !open.has(0)) return errno.badf;
  for (const at of waiting) writeEvent(events, written++, subscriptions, at, errno.success, fdRead);
  return errno.success;
}

function writeEvent(
  events: Uint8Array,
  index: number,
  subscriptions: Uint8Array,
  at: number,
  error: number,
  type: number,
): void {
  const event = events.subarray(index * eventBytes, (index + 1) * eventBytes);
  event.set(subscriptions.subarray(at, at + 8));
  event[8] = error;
  event[9] = 0;
  event[10] = type;
  event[11] = 0;
  event[12] = 0;
  event[13] = 0;
}
