/** Runs the bundled command line like a shell, with a time limit, and checks what holds for every run. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import { expect } from 'vitest';
import { Output } from '../../src/cli/base/output.ts';
import type * as CommandLine from '../../src/cli/commandLine.ts';
import { patiently } from '../support/patience.ts';
import { bundlePath } from '../support/paths.ts';

/** The result of a run. */
export interface CliRun {
  /** null when the run did not end within the limit and was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the run is killed. */
  readonly limitMs?: number;
  /** Stops reading after the first bytes of standard output, as `head` does. */
  readonly hangUp?: 'stdout' | 'both';
}

export const cliFile = bundlePath('cli.js');

/** `guardscope …args`. */
export function guardscope(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const { cwd, env = {}, limitMs = patiently(60_000), hangUp } = options;
  const began = performance.now();
  const child = spawn(process.execPath, [cliFile, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (hangUp === undefined) return;
    child.stdout.destroy();
    if (hangUp === 'both') child.stderr.destroy();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr, ms: performance.now() - began });
    });
  });
}

/**
 * `guardscope …args` in this process, by a bundle of the same code: for tests of many texts, because starting a process takes longer than most runs.
 * Commands that start processes, read standard input or react to signals need `guardscope`.
 */
export async function guardscopeHere(args: readonly string[]): Promise<CliRun> {
  const { runCommandLine } = createRequire(import.meta.url)(bundlePath('commandLine.js')) as typeof CommandLine;
  const began = performance.now();
  const [out, err] = [new TextSink(), new TextSink()];
  const code = await runCommandLine(args, new Output(out, err, false));
  return { code, stdout: out.text, stderr: err.text, ms: performance.now() - began };
}

/** Collects what was written. */
class TextSink extends Writable {
  text = '';

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Expects that the run ended, and printed neither a stack trace of Guardscope nor an internal error. */
export function expectOrderly({ code, stdout, stderr }: CliRun): void {
  expect(code, 'the run had to be killed').not.toBeNull();
  expect(stderr).not.toMatch(/\.[cm]?[jt]s:\d+|node:internal|internal\/unexpected|Warning:/);
  expect(stdout).not.toMatch(/\.[cm]?js:\d+:\d+/);
}

/** Expects that the run refused its input: an empty stdout, and on stderr a sentence with its code and the next step. */
export function expectRefused(run: CliRun, code: number, failure: string, ...sentences: readonly string[]): void {
  expectOrderly(run);
  expect(run).toMatchObject({ code, stdout: '' });
  expect(run.stderr).toContain(`[${failure}]\n  `);
  for (const sentence of sentences) expect(run.stderr).toContain(sentence);
}
