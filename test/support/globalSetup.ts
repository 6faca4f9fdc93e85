/** Builds the bundles once before the tests, because guards run in a worker and a worker needs a file of its own. */
import { execFileSync } from 'node:child_process';

export default function setup(): void {
  for (const bundle of ['worker', 'tapRecorder', 'cli', 'interactiveClient']) {
    try {
      execFileSync(process.execPath, ['esbuild.mjs', '--development', `--only=${bundle}`], { stdio: 'pipe' });
    } catch (failure) {
      if (process.env['CI']) throw failure;
      console.error(
        `${bundle} could not be bundled: ${String((failure as { stderr?: unknown }).stderr).slice(0, 600)}`,
      );
    }
  }
}
