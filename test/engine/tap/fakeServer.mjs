/** A server whose behaviour a test chooses: `node fakeServer.mjs MODE [ARGUMENT]`. It sends bytes, not MCP. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, readFileSync, writeSync } from 'node:fs';

const [mode, argument] = process.argv.slice(2);

/** How much slower than usual the machine is; see test/support/patience.ts. */
const patience = Number(process.env.GUARDSCOPE_PATIENCE ?? 1);

const modes = {
  /** Echoes its input, and at the end reports it on stderr. */
  echo() {
    const hash = createHash('sha256');
    process.stdin.on('data', (chunk) => {
      hash.update(chunk);
      if (!process.stdout.write(chunk)) {
        process.stdin.pause();
        process.stdout.once('drain', () => process.stdin.resume());
      }
    });
    process.stdin.on('end', () => process.stderr.write(hash.digest('hex')));
  },

  /** Plays the steps of a file in order, and at the end reports its input on stderr. */
  async script() {
    const hash = createHash('sha256');
    const input = { got: 0, notice: (_value) => {} };
    process.stdin.on('data', (chunk) => {
      hash.update(chunk);
      input.got += chunk.length;
      input.notice(undefined);
    });
    const ended = new Promise((resolve) => {
      process.stdin.on('end', resolve);
    });
    for (const { out, err, until = 0, pause } of JSON.parse(readFileSync(argument, 'utf8'))) {
      if (out !== undefined) await write(process.stdout, Buffer.from(out, 'base64'));
      if (err !== undefined) await write(process.stderr, Buffer.from(err, 'base64'));
      if (pause !== undefined) await sleep(pause);
      while (input.got < until) {
        await new Promise((resolve) => {
          input.notice = resolve;
        });
      }
    }
    await ended;
    await write(process.stderr, Buffer.from(hash.digest('hex')));
  },

  /** Reports each signal. When as many as its argument says have come (default 1), and no more for a while, it ends with their number. */
  signals() {
    let count = 0;
    let timer = setTimeout(() => process.exit(99), 20_000 * patience);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
      process.on(signal, () => {
        count++;
        writeSync(1, `${signal}\n`);
        if (count < Number(argument ?? 1)) return;
        clearTimeout(timer);
        timer = setTimeout(() => process.exit(10 + count), 400 * patience);
      });
    }
    process.stdin.resume();
    writeSync(1, `ready ${process.pid}\n`);
  },

  /** Reports its process id, and waits for the end of its input. */
  wait() {
    process.stdin.resume();
    writeSync(1, `ready ${process.pid}\n`);
  },

  /** Sends until its output is closed. */
  flood() {
    const line = Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', method: 'tick', params: 'x'.repeat(2000) })}\n`);
    process.stdout.on('error', () => process.exit(7));
    const more = () => {
      while (process.stdout.write(line));
      process.stdout.once('drain', more);
    };
    more();
  },

  /** Closes its input and its output, and runs on for a while. */
  async closes() {
    writeSync(1, 'last words\n');
    closeSync(0);
    closeSync(1);
    await sleep(Number(argument));
    process.exit(5);
  },

  /** Ends, and leaves a silent process behind that holds its output. */
  leaves() {
    const left = spawn('sleep', ['30'], { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    writeSync(1, `left ${left.pid}\n`);
    process.exit(4);
  },
};

await modes[mode]();

function write(stream, bytes) {
  return new Promise((resolve) => {
    stream.write(bytes, resolve);
  });
}

function sleep(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
