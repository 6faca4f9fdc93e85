/** Reading and writing: standard input is empty; standard output and standard error go into the call's record (wazero spec 7.5). */
import { errno } from './errno.ts';
import type { GuestSystem, WasiFunctions } from './system.ts';

const streamNames: readonly (undefined | 'stdout' | 'stderr')[] = [undefined, 'stdout', 'stderr'];

/** What happened with one buffer: bytes were moved, the list ends here without an error, or the call fails with an errno. */
type BufferResult = { readonly moved: number } | 'stop' | { readonly failed: number };

/** The list of buffers that a guest passes, and where it wants the number of moved bytes. */
interface BufferList {
  readonly list: number;
  readonly count: number;
  readonly result: number;
  /** Passes over empty buffers, whose pointers are then not checked. */
  readonly skipEmpty?: boolean;
}

/** `fd_read`, `fd_pread`, `fd_write`, `fd_pwrite`. */
export function streamFunctions(system: GuestSystem): WasiFunctions {
  /** Handles the buffers in order, as wazero does: buffers before a bad one have been handled when the call fails. */
  const visit = (
    { list, count, result, skipEmpty = false }: BufferList,
    handle: (bytes: Uint8Array) => BufferResult,
  ): number => {
    const { memory } = system;
    // The length of the list wraps in 32 bits.
    const listBytes = (count << 3) >>> 0;
    if (memory.read(list >>> 0, listBytes) === null) return errno.fault;
    let moved = 0;
    for (let at = list >>> 0; at < (list >>> 0) + listBytes; at += 8) {
      const length = memory.readU32(at + 4) ?? 0;
      if (length === 0 && skipEmpty) continue;
      const bytes = memory.read(memory.readU32(at) ?? 0, length);
      if (bytes === null) return errno.fault;
      const outcome = handle(bytes);
      if (outcome === 'stop') break;
      if ('failed' in outcome) return outcome.failed;
      moved += outcome.moved;
    }
    return memory.writeU32(result >>> 0, moved) ? errno.success : errno.fault;
  };
  const failAll = (): BufferResult => ({ failed: errno.badf });
  const isOpen = (fd: number): boolean => system.state.open.has(fd);

  return {
    fd_read(fd: number, list: number, count: number, result: number): number {
      if (!isOpen(fd)) return errno.badf;
      return visit({ list, count, result, skipEmpty: true }, fd === 0 ? () => 'stop' : failAll);
    },
    fd_pread(fd: number, list: number, count: number, _offset: bigint, result: number): number {
      return isOpen(fd) ? visit({ list, count, result, skipEmpty: true }, failAll) : errno.badf;
    },
    fd_write(fd: number, list: number, count: number, result: number): number {
      if (!isOpen(fd)) return errno.badf;
      const name = streamNames[fd];
      if (name === undefined) return visit({ list, count, result }, failAll);
      return visit({ list, count, result }, (bytes) => {
        system.write(name, bytes);
        return { moved: bytes.length };
      });
    },
    /** Writes nothing, because no descriptor has positions; the pointers of empty buffers are also checked. */
    fd_pwrite(fd: number, list: number, count: number, _offset: bigint, result: number): number {
      if (!isOpen(fd)) return errno.badf;
      return visit({ list, count, result }, (bytes) => (bytes.length === 0 ? { moved: 0 } : failAll()));
    },
  };
}
