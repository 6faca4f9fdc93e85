/** A worker that works until its second entry into a guest is done, and then dies of an error of its own. */
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
