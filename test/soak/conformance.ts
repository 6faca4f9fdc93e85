/**
 * Runs the conformance suite of MCP with and without the HTTP tap and compares the verdicts check by check.
 * `npm run test:soak -- conformance`, or this file with `[PART…] [--captures FOLDER] [--cli FILE]`, a part being `own` (the suite's server scenarios against the server that they
 * ask for), `everything` (the same against server-everything), `client` (its client scenarios with the SDK's client), `stateless-client` (those of the newer suite for
 * MCP 2026-07-28, with the SDK's client of that revision), `stateless` (the newer
 * suite's requirements of MCP 2026-07-28 against a server of that revision) or `enforced` (the same through a tap with an enforcing guard);
 * default all. Exit code 1 when a verdict differs that may not. Without `--cli`, the command line is built.
 */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { patiently } from '../support/patience.ts';
import { freePort } from '../support/processes/process.ts';
import { buildCli } from './support/product.ts';

/** The verdict of each check. */
type Verdicts = ReadonlyMap<string, string>;

/** The verdicts without and with the tap. */
interface Compared {
  readonly direct: Verdicts;
  readonly tapped: Verdicts;
}

/** A server, the suite that tests it, and how; by default the suite with sessions. */
interface ServerPart {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The address; default: the server prints it. */
  readonly listensAt?: string;
  readonly suite?: readonly string[];
  readonly flags?: readonly string[];
  readonly tapFlags?: readonly string[];
}

/** Client scenarios of a suite, and the client that they test. */
interface ClientPart {
  readonly name: string;
  readonly program: string;
  readonly scenarios: readonly string[];
  readonly suite?: readonly string[];
  readonly flags?: readonly string[];
}

/** A process whose output is read. */
type Started = ChildProcessByStdio<null, Readable, null>;

const { values, positionals } = parseArgs({
  options: { captures: { type: 'string' }, cli: { type: 'string' } },
  allowPositionals: true,
});
const file = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const cli = values.cli ?? (await buildCli());
const client = file('test/support/conformance/client.mjs');
const stateless = file('test/support/conformance/statelessServer.mjs');
const suiteIn = (folder: string): readonly string[] => [
  ...['--import', file('test/support/conformance/nodeHooks.mjs')],
  file(`node_modules/${folder}/dist/index.js`),
];
/** The suite of the revisions with sessions, and the one that also tests 2026-07-28. */
const [suite, newerSuite] = [suiteIn('@modelcontextprotocol/conformance'), suiteIn('conformance-next')];
const newest = ['--requirements', '2026-07-28'];

const parts: Readonly<Record<string, () => Promise<Compared>>> = {
  own: () => serverPart({ name: 'own', command: [file('test/support/conformance/server.mjs')] }),
  everything: async () => {
    const port = await freePort();
    const main = file('node_modules/@modelcontextprotocol/server-everything/dist/index.js');
    const [env, listensAt] = [{ PORT: String(port) }, `http://127.0.0.1:${port}/mcp`];
    return serverPart({ name: 'everything', command: [main, 'streamableHttp'], env, listensAt });
  },
  client: () => clientPart({ name: 'client', program: client, scenarios: clientScenarios }),
  'stateless-client': () =>
    clientPart({
      ...{ name: 'stateless-client', program: file('test/support/conformance/statelessClient.mjs') },
      ...{ scenarios: statelessScenarios, suite: newerSuite, flags: ['--spec-version', '2026-07-28'] },
    }),
  stateless: () => serverPart({ name: 'stateless', command: [stateless], suite: newerSuite, flags: newest }),
  enforced: () =>
    serverPart({
      ...{ name: 'enforced', command: [stateless], suite: newerSuite, flags: newest },
      tapFlags: ['--guard', 'noop', '--enforce'],
    }),
};

/**
 * Checks that differ behind an enforcing guard, by the scenario or by scenario and check: there the tap answers as the gateway does, and not
 * as the server.
 */
const enforcedDiffers: readonly (readonly [check: RegExp, why: string])[] = [
  [
    /^server-(?:resources|caching|completion)/,
    'the gateway offers neither resources nor completion, and answers for them itself',
  ],
  [/^server-input-required-result/, 'the gateway has nobody to ask for input'],
  [/^server-tools-call-with-progress/, 'no progress of a call passes before the guard has decided it'],
  [/^server-server-stateless .*-404/, 'the tap knows the methods of sessions, and refuses others with the status 200'],
  [
    /^server-server-stateless .*(?:meta-invalid|missing-client-capabilities)/,
    'the tap writes the capabilities in _meta itself',
  ],
  [/^server-server-stateless .*(?:version-error|undeclared-capability)/, 'the data of errors does not pass'],
  [
    /^server-server-stateless .*(?:subscription|notification-filter|listen|changed|independent)/,
    'no stream is opened to listen',
  ],
  [/^server-http-header-validation/, 'the tap writes the headers from the message that was judged'],
  [/^server-server-stateless .*identifies-in-result-meta/, '_meta of the server does not pass'],
  [/^server-tasks/, 'the gateway offers no tasks'],
];

/** Scenarios that apply to a tap. Those of `auth` test how a client finds its authorization server, which a tap does not affect. */
const clientScenarios = ['initialize', 'tools_call', 'elicitation-sep1034-client-defaults', 'sse-retry'];

/** The same of MCP 2026-07-28. */
const statelessScenarios = [
  ...[
    'tools_call',
    'request-metadata',
    'sep-2322-client-request-state',
    'http-standard-headers',
    'http-custom-headers',
  ],
  ...['http-invalid-tool-headers', 'json-schema-ref-no-deref', 'json-schema-2020-12-preservation'],
];

/** Checks that a server fails alone and passes behind a tap, because the tap makes the check itself. */
const passedByTap = new Set(['localhost-host-rebinding-rejected']);

const folder = values.captures ?? mkdtempSync(join(tmpdir(), 'conformance-'));
mkdirSync(folder, { recursive: true });
const started: ChildProcess[] = [];
try {
  for (const part of positionals.length === 0 ? Object.keys(parts) : positionals) {
    const run = parts[part];
    if (run === undefined) throw new Error(`There is no part "${part}"; there are ${Object.keys(parts).join(', ')}`);
    const began = performance.now();
    compare(part, await run(), (performance.now() - began) / 1000);
  }
} finally {
  for (const child of started) child.kill('SIGTERM');
  if (values.captures === undefined) rmSync(folder, { recursive: true, force: true });
}

/** Runs the suite against a server directly and through a tap, concurrently. */
async function serverPart({
  name,
  command,
  env = {},
  listensAt,
  flags = ['--suite', 'all'],
  tapFlags = [],
  suite: tested = suite,
}: ServerPart): Promise<Compared> {
  const server = start(command, env);
  const url = listensAt ?? (await firstLine(server));
  if (listensAt !== undefined) await listening(url);
  const capture = join(folder, `${name}.guardtrace.jsonl`);
  const tap = start([cli, 'tap', '--http', url, '--out', capture, ...tapFlags], {}, 'inherit');
  const tapUrl = await firstLine(tap);
  const run = (way: string, address: string): Promise<Verdicts> => {
    const out = join(folder, `${name}-${way}`);
    return verdicts(tested, ['server', ...flags, '--url', address], out);
  };
  const [direct, tapped] = await Promise.all([run('direct', url), run('tapped', tapUrl)]);
  for (const child of [tap, server]) await ended(child);
  return { direct, tapped };
}

/** Runs client scenarios of a suite with a client that connects directly, and through a tap. */
async function clientPart({
  name: part,
  program,
  scenarios,
  suite: tested = suite,
  flags: more = [],
}: ClientPart): Promise<Compared> {
  const way = async (name: string, flags: (capture: string) => readonly string[]): Promise<Verdicts> => {
    const all = new Map<string, string>();
    for (const scenario of scenarios) {
      const capture = join(folder, `${part}-${scenario}.guardtrace.jsonl`);
      const command = [process.execPath, program, ...flags(capture)].join(' ');
      const out = join(folder, `${part}-${name}`);
      const run = await verdicts(tested, ['client', '--command', command, '--scenario', scenario, ...more], out);
      for (const [key, verdict] of run) all.set(key, verdict);
    }
    return all;
  };
  return { direct: await way('direct', () => []), tapped: await way('tapped', (capture) => ['--tap', cli, capture]) };
}

/** Runs the suite; returns the verdict of each check by its scenario, its id and the number of its repetition. */
async function verdicts(tested: readonly string[], flags: readonly string[], out: string): Promise<Verdicts> {
  const child = start([...tested, ...flags, '-o', out]);
  child.stdout.resume();
  await new Promise((resolve) => {
    child.once('close', resolve);
  });
  const found = new Map<string, string>();
  for (const name of readdirSync(out)) {
    const scenario = name.replace(/-\d{4}-\d\d-\d\dT.*$/, '');
    for (const { id, status } of JSON.parse(readFileSync(join(out, name, 'checks.json'), 'utf8')) as readonly {
      readonly id: string;
      readonly status: string;
    }[]) {
      // An INFO entry is not a verdict, and the number of these entries varies between runs.
      if (status === 'INFO') continue;
      let key = `${scenario} ${id}`;
      for (let again = 2; found.has(key); again++) key = `${scenario} ${id} ${again}`;
      found.set(key, status);
    }
  }
  return found;
}

function compare(part: string, { direct, tapped }: Compared, seconds: number): void {
  const keys = [...new Set([...direct.keys(), ...tapped.keys()])].sort((one, other) => (one < other ? -1 : 1));
  const differing = keys.filter((key) => direct.get(key) !== tapped.get(key));
  const isPassedByTap = (key: string): boolean =>
    direct.get(key) === 'FAILURE' && tapped.get(key) === 'SUCCESS' && passedByTap.has(key.split(' ')[1] ?? '');
  const isExpected = (key: string): boolean =>
    part === 'enforced' && enforcedDiffers.some(([check]) => check.test(key));
  const worse = differing.filter((key) => !isPassedByTap(key) && !isExpected(key));
  const count = (verdict: string): number => keys.filter((key) => tapped.get(key) === verdict).length;
  const scenarios = new Set(keys.map((key) => key.split(' ')[0])).size;
  const counted = `${count('SUCCESS')} passed, ${count('FAILURE')} failed, ${count('WARNING')} warned`;
  const verdict = worse.length === 0 ? 'as without the tap' : `${worse.length} DIFFER from those without the tap`;
  const expected = differing.filter(isExpected).length;
  const better = differing.length - worse.length - expected;
  const extra = `${better === 0 ? '' : ` except ${better} that only pass with the tap`}${expected === 0 ? '' : ` except ${expected} that differ as the gateway does`}`;
  console.log(
    `conformance ${part}: ${scenarios} scenarios, ${keys.length} checks: ${counted}; ${verdict}${extra} (${seconds.toFixed(1)} s)`,
  );
  for (const key of worse) {
    console.error(
      `FAILED: ${key}: ${direct.get(key) ?? 'absent'} without the tap, ${tapped.get(key) ?? 'absent'} with it`,
    );
  }
  if (worse.length > 0 || count('SUCCESS') === 0) process.exitCode = 1;
}

function start(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stderr: 'ignore' | 'inherit' = 'ignore',
): Started {
  const child = spawn(process.execPath, command, {
    stdio: ['ignore', 'pipe', stderr],
    env: { ...process.env, ...env },
  });
  started.push(child);
  return child;
}

function firstLine(child: Started): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.split('\n')[0] ?? ''));
    child.once('exit', (code) => reject(new Error(`It ended with ${code}`)));
  });
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}

/** Waits until a server answers. */
async function listening(url: string): Promise<void> {
  for (const until = performance.now() + patiently(20_000); performance.now() < until;) {
    try {
      await (await fetch(url)).text();
      return;
    } catch {
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  }
  throw new Error(`No server listens at ${url}`);
}
