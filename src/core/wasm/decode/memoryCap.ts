/** The gateway's cap of 512 pages on a guard's memory, as wazero applies it to declared limits (wazero spec 1.1). */
import type { Limits } from './module.ts';

/** Bytes in a page of linear memory. */
export const pageSize = 65_536;
/** The gateway's `wasmMemoryLimitPages`: 512 pages = 32 MiB (gateway spec 1.2, internal/guard/wasm_lifecycle.go:192). */
export const memoryCapPages = 512;
const maxPages = 65_536;

/** The most pages that the memory can have under the cap. */
export function effectiveMax(limits: Limits): number {
  return limits.max === null ? memoryCapPages : Math.min(limits.max, memoryCapPages);
}

/** wazero's text, without a prefix, for limits that it refuses; null for accepted limits. */
export function memoryLimitsError(limits: Limits): string | null {
  const { min, max: declared } = limits;
  if (declared !== null && declared > maxPages) return `max ${pages(declared)} over limit of ${pages(memoryCapPages)}`;
  if (min > memoryCapPages) return `min ${pages(min)} over limit of ${pages(memoryCapPages)}`;
  const max = effectiveMax(limits);
  if (min > max) return `min ${pages(min)} > max ${pages(max)}`;
  return null;
}

/** For example `600 pages (37 Mi)`: rounded down in the largest unit that gives at least 1; as in wazero, the size wraps at 2^32 KiB. */
function pages(count: number): string {
  let size = (count * 64) % 2 ** 32;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size = Math.floor(size / 1024);
    unit++;
  }
  return `${count} pages (${size} ${units[unit]})`;
}

const units = ['Ki', 'Mi', 'Gi', 'Ti'];
