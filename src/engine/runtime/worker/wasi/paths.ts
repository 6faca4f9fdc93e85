/** WASI functions on paths. There is no file system, so all fail; the errno follows from the order of wazero's checks (wazero spec 7.6). */
import { isUtf8 } from 'node:buffer';
import { errno } from './errno.ts';
import type { GuestSystem, WasiFunctions } from './system.ts';
import { tickTimes } from './times.ts';

/** The `path_…` functions. */
export function pathFunctions(system: GuestSystem): WasiFunctions {
  /** The errno for a path below a descriptor; wazero checks the path before the descriptor. */
  const atPath = (fd: number, path: number, length: number): number => {
    const { open } = system.state;
    const bytes = system.memory.read(path >>> 0, length >>> 0);
    if (bytes === null) return errno.fault;
    if (!isInside(bytes)) return errno.perm;
    return open.has(fd) ? errno.notdir : errno.badf;
  };

  return {
    path_create_directory: atPath,
    path_filestat_get: (fd: number, _flags: number, path: number, length: number): number => atPath(fd, path, length),
    path_filestat_set_times(
      fd: number,
      _flags: number,
      path: number,
      length: number,
      _access: bigint,
      _modification: bigint,
      timeFlags: number,
    ): number {
      return tickTimes(system.state.clocks, timeFlags) ? atPath(fd, path, length) : errno.inval;
    },
    path_link: (fd: number, _flags: number, path: number, length: number): number => atPath(fd, path, length),
    path_open: (fd: number, _flags: number, path: number, length: number): number => atPath(fd, path, length),
    path_readlink(fd: number, path: number, length: number, _buffer: number, bufferLength: number): number {
      system.requireOpen();
      return length === 0 || bufferLength === 0 ? errno.inval : atPath(fd, path, length);
    },
    path_remove_directory: atPath,
    path_rename: atPath,
    path_symlink: (_path: number, _length: number, fd: number): number =>
      system.state.open.has(fd) ? errno.notdir : errno.badf,
    path_unlink_file: atPath,
  };
}

/** Whether a path is relative, stays below its start, and is valid UTF-8 after `..` is resolved. */
function isInside(bytes: Uint8Array): boolean {
  const path = Buffer.from(bytes).toString('latin1');
  if (path.startsWith('/')) return false;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return false;
    } else if (part !== '' && part !== '.') {
      parts.push(part);
    }
  }
  return isUtf8(Buffer.from(parts.join('/'), 'latin1'));
}
