#!/usr/bin/env node
/**
 * Stands in for the `code` executable where there is no desktop: takes the arguments that @vscode/test-electron gives it
 * (a folder, --extensionDevelopmentPath, --extensionTestsPath), runs them in code-server and a headless browser, and ends
 * with the exit code of the tests.
 */
import { format } from 'node:util';
import { launchBrowser, makeProfile, openWindow, removeProfile, startServer } from './harness.mjs';
import { chromium, codeServer } from './install.mjs';

const patience = 180_000;
const args = process.argv.slice(2);
const folder = args.find((arg) => !arg.startsWith('-'));
const profile = makeProfile();
let browser;
let server;
try {
  browser = await launchBrowser(await chromium());
  // Without this driver the workbench ignores the payload that names the tests.
  server = await startServer(await codeServer(), profile, { options: ['--vscode-option', 'enable-smoke-test-driver'] });
  process.exitCode = await tests();
} finally {
  await browser?.close();
  await server?.stop();
  removeProfile(profile);
}

/** Opens the window that runs the tests and waits for their exit code. */
async function tests() {
  const said = [];
  let end;
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  const timer = setTimeout(() => {
    console.error(`the tests did not end within ${patience / 1000} s`);
    end(124);
  }, patience);
  await openWindow(browser, server, folder ?? profile.root, {
    query: { payload: JSON.stringify(payload()) },
    prepare: async (page) => {
      await page.exposeFunction('codeAutomationExit', end);
      await page.exposeFunction('codeAutomationLog', (type, values) => {
        // The workbench's own chatter comes this way too, so it is shown only after a failure.
        said.push(`[${type}] ${format(...values)}`);
      });
    },
  });
  const code = await ended;
  clearTimeout(timer);
  if (code !== 0) console.error(said.slice(-40).join('\n'));
  return code;
}

/** The two options that a window of a remote takes as URIs. */
function payload() {
  return ['extensionDevelopmentPath', 'extensionTestsPath'].flatMap((option) =>
    args
      .filter((arg) => arg.startsWith(`--${option}=`))
      .map((arg) => [option, `vscode-remote://127.0.0.1:${server.port}${arg.slice(option.length + 3)}`]),
  );
}
