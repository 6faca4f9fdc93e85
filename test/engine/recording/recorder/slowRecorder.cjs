/** A recording thread that stands still until it is let go, then tells all that it got. */
const { parentPort, workerData, receiveMessageOnPort } = require('node:worker_threads');

const { done, options } = workerData;
const gate = new Int32Array(options.header);
Atomics.wait(gate, 0, 0);
const got = [];
for (;;) {
  const next = receiveMessageOnPort(parentPort);
  if (next === undefined) continue;
  for (const message of next.message.messages) {
    Atomics.add(new BigInt64Array(done), 0, BigInt(message.cost));
    got.push(message);
  }
  if (got.at(-1)?.kind === 'close') break;
}
parentPort.postMessage({ kind: 'failed', sentence: JSON.stringify(got) });
