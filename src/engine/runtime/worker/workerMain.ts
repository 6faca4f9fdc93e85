/**
 * Entry point of the worker thread of one guard: sleeps until the host requests something, does it, and sleeps again.
 *
 * The files of this folder run only in that thread, and only they and shared/ are compiled by tsconfig.json here, which knows the part
 * of Node in node.d.ts. host/ and worker/ do not import each other (rooms.ts); they talk through `SharedState`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { CassetteData } from '../../../core/trace/model/cassette.ts';
import { LookupResponder } from './lookupResponder.ts';
import { HostLink } from './hostLink.ts';
import { GuardInstance } from './instance.ts';
import { JournalWriter } from '../shared/journal.ts';
import { prepareModule } from './prepareModule.ts';
import { raiseStackTraceLimit } from './traps.ts';
import { warmUp } from './warmUp.ts';
import { type HostMessage, SharedState, labelFunctions, words } from '../shared/workerContract.ts';

if (parentPort !== null && workerData instanceof SharedArrayBuffer) {
  const shared = new SharedState(workerData);
  const link = new HostLink(shared, parentPort);
  const responder = new LookupResponder(shared, link);
  const writer = new JournalWriter(shared, (bytes) => link.post({ kind: 'journal', bytes }, [bytes.buffer]));
  let instance = null as GuardInstance | null;
  let functionName = '';

  const receive = (message: HostMessage): void => {
    switch (message.kind) {
      case 'prepare':
        link.post(prepareModule(message.bytes));
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
    if (!isCall || instance === null) continue;
    const name = labelFunctions[shared.get(words.function)] ?? functionName;
    const end = instance.call(name, link.input());
    link.post({ kind: 'done', end });
  }
}
