/** Where a client of the conformance suite connects to: `[--tap CLI CAPTURE] URL` of its command line, through a tap that this starts. */
import { spawn } from 'node:child_process';

/** The address to connect to, and the end of the tap; without `--tap` that of the server, and nothing. */
export async function tapTarget() {
  const server = process.argv.at(-1);
  if (process.argv[2] !== '--tap') return { url: server, end: async () => undefined };
  const [cli, capture] = process.argv.slice(3);
  const tap = spawn(process.execPath, [cli, 'tap', '--http', server, '--out', capture], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve) => {
    tap.stdout.setEncoding('utf8').once('data', (line) => resolve(line.trim()));
  });
  const end = () =>
    new Promise((resolve) => {
      tap.once('exit', resolve);
      tap.kill('SIGTERM');
    });
  return { url, end };
}
