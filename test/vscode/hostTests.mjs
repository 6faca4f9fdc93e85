/** Runs the tests inside the extension host through @vscode/test-electron: in the VS Code of `GUARDSCOPE_VSCODE`, or in code-server. */
import { runTests } from '@vscode/test-electron';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, codeServer, desktopFromEnvironment, root } from './install.mjs';

const here = join(root, 'test', 'vscode');

/** Gives a result per test: `{ name, ok, error? }`. `say` gets a line per test. */
export async function runHostTests(say) {
  const scratch = mkdtempSync(join(tmpdir(), 'guardscope-host-'));
  try {
    const executable = desktopFromEnvironment() ?? (await standIn(say));
    const workspace = join(scratch, 'workspace');
    cpSync(join(root, 'media', 'samples', 'files-and-memory'), workspace, { recursive: true });
    const file = join(scratch, 'results.json');
    const failure = await execute(executable, workspace, file);
    const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
    if (failure !== undefined && results.every((result) => result.ok)) {
      results.push({ name: 'host: the extension host runs its tests to the end', ok: false, error: failure });
    }
    for (const { name, ok, error } of results)
      say(`${ok ? '  ok    ' : '  FAILED'} ${name}${ok ? '' : `\n    ${error}`}`);
    return results;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function execute(executable, workspace, results) {
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

/** The script that takes the arguments of `code` and starts code-server and a browser. */
async function standIn(say) {
  await codeServer(say);
  await chromium(say);
  const script = join(here, 'codeStandIn.mjs');
  chmodSync(script, 0o755);
  return script;
}
