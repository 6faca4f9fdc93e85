/** Warms a spare thread up: loads and calls an empty guard, and reads the latest guard, so that V8 has compiled this program's code before. */
import { adaptForV8 } from '../../../core/wasm/adaptForV8.ts';
import { moduleFacts } from '../shared/moduleFacts.ts';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { LookupResponder } from './lookupResponder.ts';
import { HostLink } from './hostLink.ts';
import { GuardInstance } from './instance.ts';
import { JournalWriter } from '../shared/journal.ts';
import { prepareModule } from './prepareModule.ts';
import { type HostMessage, SharedState, labelFunctions } from '../shared/workerContract.ts';

/** A module with a memory and the three functions of a guard, each of which returns an empty output. */
const emptyGuard = Uint8Array.from([
  0x00,
  0x61,
  0x73,
  0x6d,
  0x01,
  0x00,
  0x00,
  0x00,
  // One type, (i32, i32, i32, i32) -> i32; three functions of that type; a memory of one page.
  0x01,
  0x09,
  0x01,
  0x60,
  0x04,
  0x7f,
  0x7f,
  0x7f,
  0x7f,
  0x01,
  0x7f,
  0x03,
  0x04,
  0x03,
  0x00,
  0x00,
  0x00,
  0x05,
  0x03,
  0x01,
  0x00,
  0x01,
  ...exportSection(['memory', ...labelFunctions]),
  // Three bodies, each i32.const 0.
  0x0a,
  0x10,
  0x03,
  0x04,
  0x00,
  0x41,
  0x00,
  0x0b,
  0x04,
  0x00,
  0x41,
  0x00,
  0x0b,
  0x04,
  0x00,
  0x41,
  0x00,
  0x0b,
]);

/** Runs the warm-up with its own `SharedState`; the one that the host shares with this thread is not touched. */
export function warmUp(): void {
  const prepared = prepareModule(emptyGuard);
  if (prepared.kind !== 'prepared') return;
  const { port1, port2 } = new MessageChannel();
  const start: HostMessage = { kind: 'instantiate', module: prepared.module, facts: prepared.facts, name: 'guard' };
  port1.postMessage(start);
  const message = receiveMessageOnPort(port2)?.message as typeof start;
  const shared = new SharedState();
  const link = new HostLink(shared, port2);
  const writer = new JournalWriter(shared, () => undefined);
  const instance = new GuardInstance({ shared, writer, responder: new LookupResponder(shared, link) }, message.facts);
  link.post({ kind: 'done', end: instance.start(message.module, message.name) });
  for (const name of labelFunctions) link.post({ kind: 'done', end: instance.call(name, link.input()) });
  port1.close();
}

/** How often a guard is read, so that V8 optimises the code that reads it. */
const passes = 12;

/**
 * Reads the latest guard again and again: the next one is probably another build of it, and is read in a third of the time. `isWanted`: whether
 * the host waits, so that the warm-up ends.
 */
export function warmWith(guard: Uint8Array, isWanted: () => boolean): void {
  for (let pass = 0; pass < passes && !isWanted(); pass++) {
    const prepared = adaptForV8(guard);
    if (!prepared.ok) return;
    moduleFacts(prepared.module);
  }
}

/** An export section: the first name is the memory, the others are functions in order. */
function exportSection(names: readonly string[]): readonly number[] {
  const entries = names.flatMap((name, index) => {
    const kind = index === 0 ? [0x02, 0x00] : [0x00, index - 1];
    return [name.length, ...new TextEncoder().encode(name), ...kind];
  });
  return [0x07, entries.length + 1, names.length, ...entries];
}
