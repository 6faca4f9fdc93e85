/**
 * Entry point of the worker threads: a thread serves one guard (engine/runtime), or a whole session whose guards, trace and decisions stay
 * in it.
 *
 * A replay runs from its first call to its last without the event loop: a guard call is a function call. The host watches the running
 * call over shared words, and terminates the thread at a deadline; what the call did until then lies in shared memory.
 */
import { serveThread } from '../../runtime/worker/workerMain.ts';
import type { SessionRequest } from '../shared/sessionContract.ts';
import { SessionServer } from './sessionServer.ts';

let server: SessionServer | null = null;

void serveThread((request, shared, link) => {
  server ??= new SessionServer(shared, link);
  return server.receive(request as SessionRequest);
});
