/**
 * Runs the specs: each `*.spec.ts`, here or in a folder, is a title and a list of checks in a separate window. All windows belong to one VS Code, because starting
 * a server, an extension host and a browser without a cache takes longer than a spec.
 */
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext } from 'playwright-core';
import type { ReportLine } from '../runner/report.ts';
import { patiently } from '../support/patience.ts';
import {
  addExtension,
  copyWorkspace,
  emptyWorkspace,
  installVsix,
  makeProfile,
  newContext,
  openWindow,
  type Profile,
  removeProfile,
  resetSettings,
  type RunningServer,
  type SettingsOptions,
  startServer,
} from './harness.ts';
import { type CodeServer, root } from './install.ts';
import { EditorWindow } from './pages/window.ts';

/** Values that a spec can change before its window opens. */
export interface Prepared {
  readonly profile: Profile;
  /** The copy of the sample that the window opens, or an empty folder. */
  readonly workspace: string;
}

/** The arguments of a check. */
export interface Editor extends Prepared {
  readonly window: EditorWindow;
  /** Console lines of the window's pages so far. */
  readonly console: readonly string[];
}

/** A check and its title. */
export type Check = readonly [title: string, run: (editor: Editor) => Promise<void> | void];

/** The exports of a spec file. */
export interface Spec {
  /** Repository path of the file. */
  readonly file: string;
  readonly title: string;
  readonly options?: SettingsOptions;
  /** The window opens an empty folder in place of a copy of the sample. */
  readonly empty?: boolean;
  readonly prepare?: (prepared: Prepared) => Promise<void> | void;
  readonly checks: readonly Check[];
}

/** The inputs of all specs: the VS Code installation, the packaged extension, and the report. */
export interface World {
  readonly browser: Browser;
  readonly server: CodeServer;
  readonly vsix: string;
  readonly report: (line: ReportLine) => void;
}

const folder = join(root, 'test', 'vscode');
const sample = join(root, 'media', 'samples', 'files-and-memory');

/** Time limit of a check in milliseconds. */
const checkLimit = patiently(120_000);

/** All specs, or those whose file name contains one of `names`. */
export async function loadSpecs(names: readonly string[]): Promise<readonly Spec[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(sep, '/'))
    .filter((file) => file.endsWith('.spec.ts'))
    .filter((file) => names.length === 0 || names.some((name) => file.includes(name)))
    .sort();
  return Promise.all(
    files.map(async (file) => ({
      ...((await import(pathToFileURL(join(folder, file)).href)) as Omit<Spec, 'file'>),
      file: `test/vscode/${file}`,
    })),
  );
}

/** A running VS Code: a profile, a server and a browser. */
export class RunningEditor {
  readonly #profile: Profile;
  readonly #server: RunningServer;
  readonly #context: BrowserContext;

  private constructor(profile: Profile, server: RunningServer, context: BrowserContext) {
    this.#profile = profile;
    this.#server = server;
    this.#context = context;
  }

  /** Installs the packaged extension and the stand-in for a language model, and starts the server. */
  static async start({ browser, server, vsix }: World): Promise<RunningEditor> {
    const profile = makeProfile();
    addExtension(profile, join(folder, 'caller'));
    await installVsix(server, profile, vsix);
    return new RunningEditor(profile, await startServer(server, profile), await newContext(browser));
  }

  /** Runs one spec in a new window with its own workspace; returns the number of failed checks. */
  async run(spec: Spec, report: World['report']): Promise<number> {
    const profile = this.#profile;
    const console: string[] = [];
    let failed = 0;
    let done = 0;
    let window: EditorWindow | undefined;
    const note = (title: string, ms: number, error?: unknown): void => {
      if (error !== undefined) failed++;
      done++;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const result = error === undefined ? { ok: true } : { ok: false, error: text };
      report({ kind: 'test', file: spec.file, id: title, name: `${spec.title}: ${title}`, ms, ...result });
    };
    try {
      const name = join(spec.title.replaceAll(' ', '-'), 'workspace');
      const workspace = spec.empty === true ? emptyWorkspace(profile, name) : copyWorkspace(profile, sample, name);
      resetSettings(profile, spec.options);
      await spec.prepare?.({ profile, workspace });
      window = await openWindow(this.#context, this.#server, workspace, { onConsole: (line) => console.push(line) });
      const editor: Editor = { window, profile, workspace, console };
      for (const [title, check] of spec.checks) {
        const began = performance.now();
        const error = await failureOf(check, editor);
        if (error !== undefined) {
          // Checks after a failure may wait for a state that never occurs.
          window.page.setDefaultTimeout(5_000);
          const name = `failed-${slug(`${spec.title} ${title}`)}`;
          for (const [at, each] of this.#windows().entries())
            await each.screenshot(at === 0 ? name : `${name}-${at + 1}`).catch(() => undefined);
        }
        note(title, performance.now() - began, error);
      }
    } catch (error) {
      // The window did not open, so the remaining checks cannot run.
      for (const [title] of spec.checks.slice(done)) note(title, 0, error);
    } finally {
      // Also those that a failed check left open.
      for (const each of this.#windows()) await each.close().catch(() => undefined);
    }
    return failed;
  }

  /** The open windows: that of the spec, and those that it opened. */
  #windows(): readonly EditorWindow[] {
    return this.#context.pages().map((page) => new EditorWindow(page, ''));
  }

  async stop(): Promise<void> {
    await this.#context.close().catch(() => undefined);
    await this.#server.stop();
    removeProfile(this.#profile);
  }
}

/** The error of a failed check; undefined when it passes. */
async function failureOf(check: Check[1], editor: Editor): Promise<Error | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The check was not done within ${checkLimit / 1000} s`)), checkLimit);
  });
  try {
    await Promise.race([check(editor), late]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(timer);
  }
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80);
}
