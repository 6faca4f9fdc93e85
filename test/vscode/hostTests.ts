/** Runs the tests inside the extension host through @vscode/test-electron: in the VS Code of `GUARDSCOPE_VSCODE`, or in code-server. */
import { runTests } from '@vscode/test-electron';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReportLine } from '../runner/report.ts';
import { chromium, codeServer, desktopFromEnvironment, root, type Say } from './install.ts';

const here = join(root, 'test', 'vscode');

/** The entry file of these tests, which represents them in the report. */
export const hostFile = 'test/vscode/host/index.cjs';

/** The record that `host/index.cjs` writes for each test. */
interface HostResult {
  readonly name: string;
  readonly ok: boolean;
  readonly error?: string;
}

/** Runs the tests and reports each of them. */
export async function runHostTests(say: Say, report: (line: ReportLine) => void): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'guardscope-host-'));
  const began = performance.now();
  try {
    const executable = desktopFromEnvironment() ?? (await standIn(scratch, say));
    const workspace = join(scratch, 'workspace');
    cpSync(join(root, 'media', 'samples', 'files-and-memory'), workspace, { recursive: true });
    const file = join(scratch, 'results.json');
    const failure = await execute(executable, workspace, file);
    const results = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as HostResult[]) : [];
    if (failure !== undefined && results.every(({ ok }) => ok))
      results.push({ name: 'host: the extension host runs its tests to the end', ok: false, error: failure });
    for (const { name, ...result } of results)
      report({ kind: 'test', file: hostFile, id: name, name, ms: 0, ...result });
    report({ kind: 'finished', file: hostFile, ms: performance.now() - began });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Runs the extension host; returns the reason of a failure, or undefined. */
async function execute(executable: string, workspace: string, results: string): Promise<string | undefined> {
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: root,
      extensionTestsPath: join(here, 'host', 'index.cjs'),
      extensionTestsEnv: { GUARDSCOPE_RESULTS: results },
      launchArgs: [workspace],
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** An executable that accepts the arguments of `code` and starts code-server and a browser. */
async function standIn(folder: string, say: Say): Promise<string> {
  await codeServer(say);
  await chromium(say);
  const script = join(folder, 'code');
  const words = [process.execPath, '--import', fileURLToPath(import.meta.resolve('tsx')), join(here, 'codeStandIn.ts')];
  writeFileSync(script, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`, { mode: 0o755 });
  return script;
}
