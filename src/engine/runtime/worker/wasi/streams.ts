/** Reading and writing: standard input is empty, output and error are kept as the call's text (wazero spec 7.5). */
import { errno } from './errno.ts';
import type { GuestSystem, WasiFunctions } from './system.ts';

const streamNames: readonly (undefined | 'stdout' | 'stderr')[] = [undefined, 'stdout', 'stderr'];

/** What happens to one buffer: go on, stop without an error, or fail. */
type BufferResult = { readonly moved: number } | 'stop' | { readonly failed: number };

export function streamFunctions(system: GuestSystem): WasiFunctions {
  /** Visits the buffers in order, as wazero does: earlier ones have been handled when a later one is found bad. */
  const visit = (
    list: number,
    count: number,
    result: number,
    skipsEmpty: boolean,
    handle: (bytes: Uint8Array) => BufferResult,
  ): number => {
    const { memory } = system;
    /** The length of the list wraps in 32 bits. */
    const listBytes = (count << 3) >>> 0;
    if (memory.read(list >>> 0, listBytes) === null) return errno.fault;
    let moved = 0;
    for (let at = list >>> 0; at < (list >>> 0) + listBytes; at += 8) {
      const length = memory.readU32(at + 4) ?? 0;
      if (length === 0 && skipsEmpty) continue;
      const bytes = memory.read(memory.readU32(at) ?? 0, length);
      if (bytes === null) return errno.fault;
      const outcome = handle(bytes);
      if (outcome === 'stop') break;
      if ('failed' in outcome) return outcome.failed;
      moved += outcome.moved;
    }
    return memory.writeU32(result >>> 0, moved) ? errno.success : errno.fault;
  };
  const bad = (): BufferResult => ({ failed: errno.badf });
  const isOpen = (fd: number): boolean => system.state.open.has(fd);

  return {
    fd_read(fd: number, list: number, count: number, result: number): number {
      if (!isOpen(fd)) return errno.badf;
      return visit(list, count, result, true, fd === 0 ? () => 'stop' : bad);
    },
    fd_pread(fd: number, list: number, count: number, _offset: bigint, result: number): number {
      return isOpen(fd) ? visit(list, count, result, true, bad) : errno.badf;
    },
    fd_write(fd: number, list: number, count: number, result: number): number {
      if (!isOpen(fd)) return errno.badf;
      const name = streamNames[fd];
      if (name === undefined) return visit(list, count, result, false, bad);
      return visit(list, count, result, false, (bytes) => {
        system.write(name, bytes);
        return { moved: bytes.length };
      });
    },
    /** No bytes can be written anywhere, and a bad pointer of an empty buffer is still found. */
    fd_pwrite(fd: number, list: number, count: number, _offset: bigint, result: number): number {
      if (!isOpen(fd)) return errno.badf;
      return visit(list, count, result, false, (bytes) => (bytes.length === 0 ? { moved: 0 } : bad()));
    },
  };
}
