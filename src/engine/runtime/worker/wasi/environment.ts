/** WASI functions for arguments and environment: both are empty, but the pointers are checked (wazero spec 7.1). */
import { errno } from './errno.ts';
import type { GuestSystem, WasiFunctions } from './system.ts';

/** `args_get`, `args_sizes_get`, `environ_get`, `environ_sizes_get`. */
export function environmentFunctions(system: GuestSystem): WasiFunctions {
  /** Writes no entries; both pointers must lie in memory or at its end. */
  const list = (entries: number, texts: number): number => {
    system.requireOpen();
    const fits = system.memory.read(entries >>> 0, 0) !== null && system.memory.read(texts >>> 0, 0) !== null;
    return fits ? errno.success : errno.fault;
  };
  const sizes = (count: number, bytes: number): number => {
    system.requireOpen();
    if (!system.memory.writeU32(count >>> 0, 0)) return errno.fault;
    return system.memory.writeU32(bytes >>> 0, 0) ? errno.success : errno.fault;
  };
  return { args_get: list, args_sizes_get: sizes, environ_get: list, environ_sizes_get: sizes };
}
