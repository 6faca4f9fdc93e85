/** The guard tests of the workspace as items of the Test Explorer: files, combinations of traces and guards, and calls. */
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Position, Problem } from '../../core/base/parsed.ts';
import {
  type AcceptedCase,
  acceptedFor,
  caseKey,
  caseTitle,
  guardTestSuffix,
  type TestCase,
  testCases,
} from '../../core/guardTest/guardTest.ts';
import type { AcceptedCall } from '../../core/guardTest/acceptedCall.ts';
import type { ReadGuardTest } from '../../core/guardTest/readGuardTest.ts';
import { failureToProblem, toFailure } from '../../core/base/failure.ts';
import { readTestFile } from '../../engine/guardTests/testFile.ts';
import { traceProblems } from '../../engine/guardTests/testInputs.ts';
import { isTrusted } from '../base/trust.ts';
import { toDiagnostic } from '../diagnostics/toDiagnostic.ts';

/** What an item stands for. */
export interface TestPlace {
  /** The file of the test. */
  readonly path: string;
  /** The number of the call; null for a combination and for the whole test. */
  readonly call: number | null;
}

/** Keeps the items and the diagnostics of tests in line with their files. */
export class TestItems {
  readonly #controller: vscode.TestController;
  readonly #diagnostics: vscode.DiagnosticCollection;
  /** The last update of each file. */
  readonly #updates = new Map<string, Promise<void>>();
  readonly #places = new WeakMap<vscode.TestItem, TestPlace>();

  constructor(controller: vscode.TestController, diagnostics: vscode.DiagnosticCollection) {
    this.#controller = controller;
    this.#diagnostics = diagnostics;
  }

  /**
   * Reads a test and shows what is in it; removes one whose file is not there any more. Whether its traces were captured anew is found where its author
   * looks: while it is open.
   */
  update(uri: vscode.Uri): Promise<void> {
    // One after the other, so that the items are never those of an older text.
    const next = (this.#updates.get(uri.fsPath) ?? Promise.resolve()).then(() => this.#update(uri));
    this.#updates.set(uri.fsPath, next);
    return next;
  }

  async #update(uri: vscode.Uri): Promise<void> {
    const path = uri.fsPath;
    if (!existsSync(path)) return this.delete(uri);
    const { read, problems } = await problemsOf(uri);
    const item = this.fileItem(path) ?? this.#add(uri);
    item.children.replace(read === null ? [] : this.#childrenOf(uri, read));
    item.error = problems.find(({ severity }) => severity === 'error')?.message;
    this.#diagnostics.set(
      uri,
      problems.map((problem) => toDiagnostic(problem, documentOf(uri))),
    );
  }

  delete(uri: vscode.Uri): void {
    this.#controller.items.delete(uri.toString());
    this.#diagnostics.delete(uri);
  }

  /** The item of a file. */
  fileItem(path: string): vscode.TestItem | undefined {
    return this.#controller.items.get(vscode.Uri.file(path).toString());
  }

  /** The item of a combination; of a test with only one, that of the file. */
  caseItem(path: string, each: TestCase): vscode.TestItem | undefined {
    const file = this.fileItem(path);
    return file?.children.get(caseKey(each)) ?? file;
  }

  /** The files of items, each once. Without items: all. */
  filesOf(items: readonly vscode.TestItem[] | undefined): readonly string[] {
    const paths = [...(items ?? [...this.#controller.items].map(([, item]) => item))].map(
      (item) => this.placeOf(item)?.path,
    );
    return [...new Set(paths.flatMap((path) => path ?? []))];
  }

  placeOf(item: vscode.TestItem): TestPlace | undefined {
    return this.#places.get(item);
  }

  #add(uri: vscode.Uri): vscode.TestItem {
    const label = vscode.workspace.asRelativePath(uri).slice(0, -guardTestSuffix.length);
    const item = this.#make(uri.toString(), label, uri, null);
    this.#controller.items.add(item);
    return item;
  }

  #make(id: string, label: string, uri: vscode.Uri, call: number | null): vscode.TestItem {
    const item = this.#controller.createTestItem(id, label, uri);
    this.#places.set(item, { path: uri.fsPath, call });
    return item;
  }

  #childrenOf(uri: vscode.Uri, read: ReadGuardTest): readonly vscode.TestItem[] {
    const { value: test } = read;
    if (test === null) return [];
    const cases = testCases(test);
    const only = cases.length > 1 ? undefined : cases[0];
    if (only !== undefined) return this.#callsOf(uri, read, ['accepted'], acceptedFor(test, only));
    return cases.map((each, at) => {
      const item = this.#make(caseKey(each), caseTitle(test, each), uri, null);
      item.sortText = String(at).padStart(6, '0');
      const accepted = acceptedFor(test, each);
      if (accepted !== undefined) {
        const path = ['cases', test.accepted.indexOf(accepted), 'accepted'];
        item.range = rangeAt(read.place(path.slice(0, 2)));
        item.children.replace(this.#callsOf(uri, read, path, accepted));
      }
      return item;
    });
  }

  #callsOf(
    uri: vscode.Uri,
    read: ReadGuardTest,
    path: readonly (string | number)[],
    accepted: AcceptedCase | undefined,
  ): vscode.TestItem[] {
    return (accepted?.calls ?? []).map((call, at) => {
      const item = this.#make(String(call.call), labelOf(call), uri, call.call);
      item.description = call.outcome;
      item.sortText = String(call.call).padStart(9, '0');
      item.range = rangeAt(read.place([...path, at]));
      return item;
    });
  }
}

/** A test and what is wrong with it; null when it cannot be read. */
async function problemsOf(
  uri: vscode.Uri,
): Promise<{ readonly read: ReadGuardTest | null; readonly problems: readonly Problem[] }> {
  const path = uri.fsPath;
  try {
    const read = await readTestFile(path);
    const content = isTrusted() && documentOf(uri) !== undefined;
    return { read, problems: [...read.problems, ...(await traceProblems(path, read, { content }))] };
  } catch (thrown) {
    return { read: null, problems: [failureToProblem(toFailure(thrown))] };
  }
}

function labelOf({ call, tool }: AcceptedCall): string {
  return `${call} ${tool}`;
}

/** A position in a file as an empty range. */
export function rangeAt({ line = 1, column = 1 }: Position): vscode.Range {
  const at = new vscode.Position(line - 1, column - 1);
  return new vscode.Range(at, at);
}

function documentOf(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
}
