/** WASI functions on descriptors, reading and writing aside: 0, 1 and 2 are devices, others do not exist (wazero spec 7.5). */
import { HostPanic, nilDereference } from '../../shared/guestError.ts';
import { errno } from './errno.ts';
import type { GuestSystem, WasiFunctions } from './system.ts';
import { tickTimes } from './times.ts';

const blockDevice = 1;
/** All rights of a file (wazero imports/wasi_snapshot_preview1/fs.go). */
const fileRights = 0x08e0_01ffn;
const statusBytes = 24;
const fileStatusBytes = 64;
const direntBytes = 24;
const lastAdvice = 5;

/** Bits of the flags of `fd_fdstat_set_flags`. */
const nonblock = 4;
const synchronous = 2 | 8 | 16;

/** The `fd_…` functions, except those of `streamFunctions`. */
export function descriptorFunctions(system: GuestSystem): WasiFunctions {
  const isOpen = (fd: number): boolean => system.state.open.has(fd);
  /** A function that fails for a closed descriptor and else always returns `code`. */
  const constant =
    (code: number) =>
    (fd: number): number =>
      isOpen(fd) ? code : errno.badf;

  return {
    fd_advise(fd: number, _offset: bigint, _length: bigint, advice: number): number {
      if (!isOpen(fd)) return errno.badf;
      return (advice & 0xff) > lastAdvice ? errno.inval : errno.success;
    },
    fd_allocate(fd: number, offset: bigint, length: bigint): number {
      if (!isOpen(fd)) return errno.badf;
      const end = BigInt.asIntN(64, offset + length);
      if (end < 0n) return errno.inval;
      return end === 0n ? errno.success : errno.nosys;
    },
    fd_close: (fd: number): number => (system.state.open.delete(fd) ? errno.success : errno.badf),
    fd_datasync: constant(errno.success),
    fd_sync: constant(errno.success),
    fd_fdstat_get(fd: number, result: number): number {
      const { open } = system.state;
      const status = system.memory.read(result >>> 0, statusBytes);
      if (status === null) return errno.fault;
      if (!open.has(fd)) return errno.badf;
      status.fill(0);
      status[0] = blockDevice;
      system.memory.writeU64((result >>> 0) + 8, fileRights);
      return errno.success;
    },
    fd_fdstat_set_flags(fd: number, flags: number): number {
      const { open } = system.state;
      if ((flags & synchronous) !== 0) return errno.inval;
      if (!open.has(fd)) return errno.badf;
      return (flags & nonblock) === 0 ? errno.success : errno.nosys;
    },
    fd_fdstat_set_rights: (): number => errno.nosys,
    fd_filestat_get(fd: number, result: number): number {
      const { open } = system.state;
      const status = system.memory.read(result >>> 0, fileStatusBytes);
      if (status === null) return errno.fault;
      if (!open.has(fd)) return errno.badf;
      status.fill(0);
      status[16] = blockDevice;
      status[24] = 1;
      return errno.success;
    },
    fd_filestat_set_size: constant(errno.nosys),
    /** wazero uses the file system of the descriptor, which is nil for a stream. */
    fd_filestat_set_times(fd: number, _access: bigint, _modification: bigint, flags: number): number {
      const { open, clocks } = system.state;
      if (!open.has(fd)) return errno.badf;
      if (!tickTimes(clocks, flags)) return errno.inval;
      throw new HostPanic(nilDereference);
    },
    /** An open descriptor is "preopened", with an empty name. */
    fd_prestat_get(fd: number, result: number): number {
      if (!isOpen(fd)) return errno.badf;
      return system.memory.writeU64(result >>> 0, 0n) ? errno.success : errno.fault;
    },
    fd_prestat_dir_name(fd: number, path: number, length: number): number {
      if (!isOpen(fd)) return errno.badf;
      if (length !== 0) return errno.nametoolong;
      return system.memory.read(path >>> 0, 0) === null ? errno.fault : errno.success;
    },
    fd_readdir(_fd: number, _buffer: number, length: number): number {
      system.requireOpen();
      return length >>> 0 < direntBytes ? errno.inval : errno.badf;
    },
    fd_renumber(from: number, to: number): number {
      if (!isOpen(from) || to < 0) return errno.badf;
      return errno.notsup;
    },
    fd_seek: constant(errno.nosys),
    fd_tell: constant(errno.nosys),
  };
}
