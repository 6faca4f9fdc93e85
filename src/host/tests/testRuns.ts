/** Runs guard tests for the Test Explorer, once or whenever a file that they rest on changes. */
import * as vscode from 'vscode';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import type { GuardTest } from '../../core/guardTest/guardTest.ts';
import { filesOfTest } from '../../engine/guardTests/testInputs.ts';
import { runGuardTest } from '../../engine/guardTests/runGuardTest.ts';
import { readTestFile } from '../../engine/guardTests/testFile.ts';
import type { GuardTestResult } from '../../engine/guardTests/testResult.ts';
import { ContentWatch } from '../../engine/watch/contentWatch.ts';
import { signalOf } from '../base/signals.ts';
import { showFailure, type Services } from '../base/services.ts';
import { requireTrust } from '../base/trust.ts';
import { reportResult } from './reportResult.ts';
import type { TestItems } from './testItems.ts';

/** The runs of one controller, and the result of each test that was run last. */
export class TestRuns {
  readonly #services: Services;
  readonly #controller: vscode.TestController;
  readonly #items: TestItems;
  readonly #results = new Map<string, GuardTestResult>();
  #last: Promise<void> = Promise.resolve();

  constructor(services: Services, controller: vscode.TestController, items: TestItems) {
    this.#services = services;
    this.#controller = controller;
    this.#items = items;
  }

  /** The result of the last run of a test. */
  resultOf(path: string): GuardTestResult | undefined {
    return this.#results.get(path);
  }

  /** The handler of the profile. A continuous request runs its tests now and after each change, until it is cancelled. */
  async handle(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    try {
      requireTrust('Guard tests');
    } catch (thrown) {
      showFailure(this.#services.log, thrown);
      return;
    }
    if (request.continuous === true) return this.#runContinuously(request, token);
    await this.run(request, this.#pathsOf(request));
  }

  /** Runs the tests in files, one after the other; a run that comes meanwhile waits. */
  run(request: vscode.TestRunRequest, paths: readonly string[]): Promise<void> {
    const next = this.#last.then(() => this.#run(request, paths));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #run(request: vscode.TestRunRequest, paths: readonly string[]): Promise<void> {
    const run = this.#controller.createTestRun(request);
    const signal = signalOf(run.token);
    try {
      for (const path of paths) {
        const item = this.#items.fileItem(path);
        if (item !== undefined) run.started(item);
      }
      for (const path of paths) {
        // The items are those of the text that is run.
        await this.#items.update(vscode.Uri.file(path));
        const result = await runGuardTest(path, this.#services.engine, signal);
        if (result === null) break;
        this.#results.set(path, result);
        reportResult(run, this.#items, result);
      }
    } finally {
      run.end();
    }
  }

  /** Resolves when the request is cancelled. */
  async #runContinuously(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const store = new DisposableStore();
    const testsOf = new Map<string, ReadonlySet<string>>();
    const changed = new Set<string>();
    const runChanged = async (): Promise<void> => {
      const paths = this.#pathsOf(request).filter((path) =>
        [...changed].some((file) => testsOf.get(path)?.has(file) ?? file === path),
      );
      changed.clear();
      if (paths.length > 0) await this.run(request, paths);
      await follow();
    };
    const watch = store.add(
      new ContentWatch((file) => {
        changed.add(file);
        if (changed.size > 1) return;
        this.#last.then(runChanged).catch((thrown: unknown) => showFailure(this.#services.log, thrown));
      }),
    );
    const follow = async (): Promise<void> => {
      for (const path of this.#pathsOf(request)) {
        testsOf.set(path, new Set(await filesOfTest(path, await testIn(path))));
      }
      if (!token.isCancellationRequested)
        watch.watch([...new Set([...testsOf.values()].flatMap((files) => [...files]))]);
    };
    const cancelled = new Promise<void>((resolve) => {
      if (token.isCancellationRequested) resolve();
      else store.add(token.onCancellationRequested(() => resolve()));
    });
    try {
      // Before the run, so that a change while it goes on is not missed.
      await follow();
      await this.run(request, this.#pathsOf(request));
      await cancelled;
    } finally {
      store.dispose();
    }
  }

  #pathsOf({ include, exclude = [] }: vscode.TestRunRequest): readonly string[] {
    const excluded = new Set(
      exclude.filter((item) => item.parent === undefined).flatMap((item) => this.#items.placeOf(item)?.path ?? []),
    );
    return this.#items.filesOf(include).filter((path) => !excluded.has(path));
  }
}

/** The test in a file; null when it cannot be read, which a run reports. */
async function testIn(path: string): Promise<GuardTest | null> {
  try {
    return (await readTestFile(path)).value;
  } catch {
    return null;
  }
}
