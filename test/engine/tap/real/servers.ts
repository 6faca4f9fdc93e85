/** Starts published servers on the transports that they offer, and taps in front of them, each as a process of its own. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, connect } from 'node:net';
import { dirname, join } from 'node:path';
import { cliFile, eventually, isAlive, type Running, type Seen, start } from '../tapped.ts';

const require = createRequire(import.meta.url);

/** The file that a published package runs as its command. */
export function commandFile(name: string): string {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly bin: Readonly<Record<string, string>> };
  return join(dirname(manifest), Object.values(bin)[0] ?? '');
}

/** How a published server is started. */
export function serverCommand(name: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, commandFile(name), ...args];
}

/** A process that listens, and the address where. */
export interface Listening {
  readonly url: string;
  readonly running: Running;
  /** Ends it as Ctrl-C does; resolves to everything that it printed. */
  stop(): Promise<Seen>;
}

/** A free port. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts server-everything on a port, which it takes from the environment. */
export async function everythingOverHttp(transport: 'sse' | 'streamableHttp'): Promise<Listening> {
  const port = await freePort();
  const command = serverCommand('@modelcontextprotocol/server-everything', transport);
  const running = start(['env', '-i', `PATH=${process.env['PATH'] ?? ''}`, `PORT=${port}`, ...command]);
  if (!(await answers(port))) throw new Error(`server-everything does not listen: ${(await running.seen).stderr}`);
  return listening(`http://127.0.0.1:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`, running);
}

/** Starts `tap --http` before a URL. */
export function httpTapped(capture: string, url: string, ...flags: readonly string[]): Promise<Listening> {
  return httpTappedWith({}, capture, url, ...flags);
}

/** The same, with more in its environment. */
export async function httpTappedWith(
  env: Readonly<Record<string, string>>,
  capture: string,
  url: string,
  ...flags: readonly string[]
): Promise<Listening> {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const command = [process.execPath, cliFile, 'tap', '--http', url, '--out', capture, ...flags];
  const running = start(variables.length === 0 ? command : ['env', ...variables, ...command]);
  return listening(await running.firstLine, running);
}

function listening(url: string, running: Running): Listening {
  return {
    url,
    running,
    stop: async () => {
      running.child.kill('SIGINT');
      const { pid = 0 } = running.child;
      if (!(await eventually(() => !isAlive(pid), 5000))) running.child.kill('SIGKILL');
      return running.seen;
    },
  };
}

/** Waits until a process listens at a port. */
async function answers(port: number, limitMs = 20_000): Promise<boolean> {
  const began = performance.now();
  while (performance.now() - began < limitMs) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return true;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  return false;
}
