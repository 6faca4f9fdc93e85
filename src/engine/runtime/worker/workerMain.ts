/**
 * The thread of one guard: sleeps until the host requests something, does it, and sleeps again.
 *
 * The files of this folder run only in that thread or in that of a session (engine/sessionWorker), and only they and shared/ are compiled
 * by tsconfig.json here, which knows the part of Node in node.d.ts. host/ and worker/ do not import each other (rooms.ts); they talk
 * through `SharedState`.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { CassetteData } from '../../../core/trace/model/cassette.ts';
import { LookupResponder } from './lookupResponder.ts';
import { HostLink } from './hostLink.ts';
import { GuardInstance } from './instance.ts';
import { JournalWriter } from '../shared/journal.ts';
import { prepareModule } from './prepareModule.ts';
import { raiseStackTraceLimit } from './traps.ts';
import { warmUp, warmWith } from './warmUp.ts';
import { type HostMessage, SharedState, labelFunctions, words } from '../shared/workerContract.ts';

/** What a thread does for sessions. A request that returns a promise needs the event loop; the thread takes no message until it settles. */
export type SessionRequests = (request: unknown, shared: SharedState, link: HostLink) => Promise<void> | null;

/** Serves the host until the thread is terminated. Does nothing outside of a worker thread. */
export async function serveThread(sessions: SessionRequests): Promise<void> {
  if (parentPort !== null && workerData instanceof SharedArrayBuffer) {
    await serve(new SharedState(workerData), parentPort, sessions);
  }
}

async function serve(shared: SharedState, port: MessagePort, sessions: SessionRequests): Promise<void> {
  const link = new HostLink(shared, port);
  const responder = new LookupResponder(shared, link);
  const writer = new JournalWriter(shared, (bytes) => link.post({ kind: 'journal', bytes }, [bytes.buffer]));
  let instance = null as GuardInstance | null;
  let functionName = '';
  let pending = null as Promise<void> | null;

  const receive = (message: HostMessage): void => {
    switch (message.kind) {
      case 'prepare':
        link.post(prepareModule(message.bytes, message.options, message.keeps));
        return;
      case 'instantiate':
        instance = new GuardInstance({ shared, writer, responder }, message.facts);
        link.post({ kind: 'done', end: instance.start(message.module, message.name) });
        return;
      case 'cassette':
        responder.setCassette(
          typeof message.data === 'string' ? (JSON.parse(message.data) as CassetteData) : message.data,
        );
        return;
      case 'function':
        functionName = message.name;
        return;
      case 'session':
        pending = sessions(message.request, shared, link);
        return;
      case 'warm':
        warmWith(message.bytes, () => link.hasMessages);
        return;
      case 'bytes':
    }
  };

  raiseStackTraceLimit();
  // Not when the host has already posted a request, which would have to wait.
  if (shared.get(words.posted) === 0) warmUp();
  for (;;) {
    link.sleep();
    const isCall = link.takeCall();
    link.takeMessages(receive);
    while (pending !== null) {
      const waiting: Promise<void> = pending;
      pending = null;
      await waiting;
      link.takeMessages(receive);
    }
    if (!isCall || instance === null) continue;
    const name = labelFunctions[shared.get(words.function)] ?? functionName;
    const end = instance.call(name, link.input());
    link.post({ kind: 'done', end });
  }
}
