/** The worker of one guard: wiring only. It sleeps until the host wants something, does it, and sleeps again. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CassetteData } from '../../../core/trace/model/cassette.ts';
import { Answering } from './answering.ts';
import { HostLine } from './blockingCall.ts';
import { GuardInstance } from './instance.ts';
import { JournalWriter } from '../shared/journal.ts';
import { prepareInWorker } from './prepareInWorker.ts';
import { keepLongStacks } from './traps.ts';
import { warmUp } from './warmUp.ts';
import { type HostMessage, SharedState, labelFunctions, words } from '../shared/workerContract.ts';

if (parentPort !== null && workerData instanceof SharedArrayBuffer) {
  const shared = new SharedState(workerData);
  const line = new HostLine(shared, parentPort);
  const answering = new Answering(shared, line);
  const journal = new JournalWriter(shared, (bytes) => line.post({ kind: 'journal', bytes }, [bytes.buffer]));
  let instance = null as GuardInstance | null;
  let functionName = '';

  const receive = (message: HostMessage): void => {
    switch (message.kind) {
      case 'prepare':
        line.post(prepareInWorker(message.bytes));
        return;
      case 'instantiate':
        instance = new GuardInstance({ shared, journal, answering }, message.facts);
        line.post({ kind: 'done', end: instance.start(message.module, message.name) });
        return;
      case 'cassette':
        answering.setCassette(
          typeof message.data === 'string' ? (JSON.parse(message.data) as CassetteData) : message.data,
        );
        return;
      case 'function':
        functionName = message.name;
        return;
      case 'bytes':
    }
  };

  keepLongStacks();
  // A thread that is wanted already has no time for it.
  if (shared.get(words.posted) === 0) warmUp();
  for (;;) {
    line.sleep();
    const isCall = line.takeCall();
    line.takeMessages(receive);
    if (!isCall || instance === null) continue;
    const name = labelFunctions[shared.get(words.function)] ?? functionName;
    const end = instance.call(name, line.input());
    line.post({ kind: 'done', end });
  }
}
