/** WASI functions on sockets: no descriptor is a socket (wazero spec 7.6). */
import { errno } from './errno.ts';
import type { GuestSystem, WasiFunctions } from './system.ts';

/** The `sock_…` functions. */
export function socketFunctions(system: GuestSystem): WasiFunctions {
  const notASocket = (): number => {
    system.requireOpen();
    return errno.badf;
  };
  return {
    sock_accept: notASocket,
    sock_recv: notASocket,
    sock_send(_fd: number, _data: number, _count: number, flags: number): number {
      system.requireOpen();
      return flags === 0 ? errno.badf : errno.notsup;
    },
    sock_shutdown: notASocket,
  };
}
