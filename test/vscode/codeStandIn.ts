/**
 * Stands in for the `code` executable where there is no desktop: takes the arguments that @vscode/test-electron gives it
 * (a folder, --extensionDevelopmentPath, --extensionTestsPath), runs them in code-server and a headless browser, and ends
 * with the exit code of the tests.
 */
import { format } from 'node:util';
import type { Browser } from 'playwright-core';
import { patiently } from '../support/patience.ts';
import {
  launchBrowser,
  makeProfile,
  newContext,
  openWindow,
  removeProfile,
  type RunningServer,
  startServer,
} from './harness.ts';
import { chromium, codeServer } from './install.ts';

const limit = patiently(180_000);
const args = process.argv.slice(2);
const profile = makeProfile();
const folder = args.find((arg) => !arg.startsWith('-')) ?? profile.root;
let browser: Browser | undefined;
let server: RunningServer | undefined;
try {
  browser = await launchBrowser(await chromium());
  // Without this driver the workbench ignores the payload that names the tests.
  server = await startServer(await codeServer(), profile, { options: ['--vscode-option', 'enable-smoke-test-driver'] });
  process.exitCode = await tests(browser, server);
} finally {
  await browser?.close();
  await server?.stop();
  removeProfile(profile);
}

/** Opens the window that runs the tests and waits for their exit code. */
async function tests(shown: Browser, served: RunningServer): Promise<number> {
  const consoleLines: string[] = [];
  const code = await new Promise<number>((end, reject) => {
    const timer = setTimeout(() => {
      console.error(`The tests did not end within ${limit / 1000} s`);
      end(124);
    }, limit);
    timer.unref();
    newContext(shown)
      .then((context) =>
        openWindow(context, served, folder, {
          query: { payload: JSON.stringify(payload(served.port)) },
          prepare: async (page) => {
            await page.exposeFunction('codeAutomationExit', end);
            await page.exposeFunction('codeAutomationLog', (type: string, values: readonly unknown[]) => {
              // The workbench also writes here, so the output is shown only after a failure.
              consoleLines.push(`[${type}] ${format(...values)}`);
            });
          },
        }),
      )
      .catch(reject);
  });
  if (code !== 0) console.error(consoleLines.slice(-40).join('\n'));
  return code;
}

/** The two options that a remote window takes as URIs. */
function payload(port: number): readonly (readonly [string, string])[] {
  return ['extensionDevelopmentPath', 'extensionTestsPath'].flatMap((option) =>
    args
      .filter((arg) => arg.startsWith(`--${option}=`))
      .map((arg) => [option, `vscode-remote://127.0.0.1:${port}${arg.slice(option.length + 3)}`] as const),
  );
}
