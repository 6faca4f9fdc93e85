/**
 * Measures the loop of a guard author in a real VS Code with the packaged extension: from the moment at which a new build of the guard is on disk,
 * or the last key of a policy is pressed, until the panel says what changed, and until its list stands still.
 */
import { copyFileSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sleep } from '../support/processes/process.ts';
import { launchBrowser, packaged } from '../vscode/harness.ts';
import { chromium, codeServer } from '../vscode/install.ts';
import { Panel } from '../vscode/pages/panel.ts';
import { type Editor, RunningEditor, type Spec } from '../vscode/specs.ts';
import { writeTrace } from './writeTrace.ts';

const rounds = 7;
/** Pause after a key until the text is decided with, as in `host/policy/whatIf.ts`. */
const pauseMs = 150;
const name = 'long.guardtrace.jsonl';
const sample = (file: string): string => resolve(`media/samples/files-and-memory/${file}`);
const say = (text: string): void => console.log(text);

/** What the panel showed, in milliseconds since 1970: when it first said what changed, and when its list changed last. */
interface Shown {
  readonly said: number;
  readonly settled: number;
}

function loopOf(calls: number): Spec {
  return {
    file: 'test/bench/editorLoop.ts',
    title: `loop ${calls}`,
    prepare: async ({ workspace }) => {
      const trace = join(workspace, name);
      await writeTrace(trace, calls);
      // A file that was just written counts as growing.
      const before = new Date(Date.now() - 3_600_000);
      utimesSync(trace, before, before);
    },
    checks: [
      ['opens the trace', opens],
      [
        'a new guard on disk',
        async (editor) => {
          const guard = join(editor.workspace, 'guard.wasm');
          const bytes = readFileSync(guard);
          await measured(`${calls} calls, a new guard on disk`, editor, (round) => {
            // A custom section makes another module that decides the same.
            writeFileSync(guard, Buffer.concat([bytes, Buffer.from([0, 2, 1, 0x61 + round])]));
            return Promise.resolve(Date.now());
          });
        },
      ],
      [
        'a policy on disk',
        async (editor) => {
          const policy = join(editor.workspace, 'policy.json');
          await measured(`${calls} calls, another policy on disk`, editor, (round) => {
            copyFileSync(sample(round % 2 === 0 ? 'policy-public.json' : 'policy.json'), policy);
            return Promise.resolve(Date.now());
          });
        },
      ],
      [
        'a typed policy',
        async (editor) => {
          const { page } = editor.window;
          copyFileSync(sample('policy.json'), join(editor.workspace, 'policy.json'));
          await sleep(3_000);
          // The second group, so that the panel stays in view.
          await editor.window.run('View: Split Editor Right');
          await editor.window.open('policy.json');
          await page.keyboard.press('Control+Home');
          await measured(`${calls} calls, a typed policy`, editor, async () => {
            // A space before the text: another policy text with the same meaning.
            await page.keyboard.press('Space');
            return Date.now() + pauseMs;
          });
        },
      ],
    ],
  };
}

async function opens({ window }: Editor): Promise<void> {
  await window.run('Guardscope: Open Trace…');
  await window.answer({ pick: new RegExp(`^${name}`) });
  await new Panel(window).done();
}

/** `change` makes a change, and returns when it was made. */
async function measured(what: string, editor: Editor, change: (round: number) => Promise<number>): Promise<void> {
  const panel = new Panel(editor.window);
  const said: number[] = [];
  const settled: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // Two changes within one second have the same text.
    await sleep(1_200);
    const watching = nextChange(panel);
    await sleep(200);
    const at = await change(round);
    const shown = await watching;
    said.push(shown.said - at);
    settled.push(shown.settled - at);
  }
  const text = await panel.at('renewed').innerText();
  say(
    `${what}: said after ${median(said)} ms (${said.map((ms) => ms.toFixed(0)).join(', ')}), rows after ${median(settled)} ms; "${text}"`,
  );
}

/** Resolves when the panel says that it decided anew, and its list has stood still for a second. */
async function nextChange(panel: Panel): Promise<Shown> {
  return panel.at('call-list').evaluate(async (list: Element): Promise<Shown> => {
    // No function has a name here, because the bundler's helper for names is not in the page.
    const renewed = '[data-testid="renewed"]';
    const before = document.querySelector(renewed)?.textContent;
    let [said, settled] = [0, 0];
    return new Promise((resolve) => {
      const observer = new MutationObserver((changes) => {
        const now = performance.timeOrigin + performance.now();
        if (said === 0 && document.querySelector(renewed)?.textContent !== before) said = now;
        if (changes.some(({ target }) => list.contains(target))) settled = now;
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      const timer = setInterval(() => {
        const now = performance.timeOrigin + performance.now();
        if (said === 0 || now - Math.max(said, settled) < 1_000) return;
        clearInterval(timer);
        observer.disconnect();
        resolve({ said, settled: Math.max(said, settled) });
      }, 100);
    });
  });
}

function median(values: readonly number[]): string {
  return ([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN).toFixed(0);
}

const browser = await launchBrowser(await chromium(say));
const editor = await RunningEditor.start({
  server: await codeServer(say),
  browser,
  vsix: await packaged(),
  report: () => undefined,
});
let failed = 0;
try {
  for (const calls of [1000, 10_000]) {
    failed += await editor.run(loopOf(calls), (line) => {
      if (line.kind === 'test' && !line.ok) say(`${line.name}: ${line.error ?? ''}`);
    });
  }
} finally {
  await editor.stop();
  await browser.close();
}
process.exitCode = failed > 0 ? 1 : 0;
