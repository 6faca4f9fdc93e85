/** A worker that throws an error at the end of its second entry into a guest. */
const { parentPort } = require('node:worker_threads');
const { join } = require('node:path');

const post = parentPort.postMessage.bind(parentPort);
let entries = 0;
parentPort.postMessage = (message, transfer) => {
  if (message.kind === 'done') entries++;
  if (entries === 2) throw new Error('out of luck');
  post(message, transfer);
};
require(join(__dirname, '../../../dist/worker.js'));
