/** The report of a stage: JSON lines that its tool appends when files and tests finish, so that a stopped stage keeps its finished results. */
import { appendFileSync, readFileSync } from 'node:fs';

/** One line of a report. */
export type ReportLine =
  | {
      readonly kind: 'planned';
      /** A file or spec that will run. */
      readonly file: string;
    }
  | {
      readonly kind: 'test';
      readonly file: string;
      /** Distinguishes tests with the same title; a second line with the same id is a second attempt. */
      readonly id: string;
      readonly name: string;
      readonly ok: boolean;
      /** Why it failed. */
      readonly error?: string;
      readonly ms: number;
    }
  | {
      readonly kind: 'finished';
      readonly file: string;
      readonly ms: number;
    };

/** The counts of a report. */
export interface Tally {
  readonly passed: number;
  /** One text for each failed test, and for each planned file that did not finish. */
  readonly failures: readonly string[];
  /** Files that failed and passed in a second run, each with the first error. */
  readonly flaky: readonly { readonly file: string; readonly error: string }[];
}

/** Appends one complete line, so that a reader never reads a part of a line. */
export function appendReport(path: string, line: ReportLine): void {
  appendFileSync(path, `${JSON.stringify(line)}\n`);
}

/** Reads the lines of a report; an empty list when the file does not exist. */
export function readReport(path: string): readonly ReportLine[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReportLine);
}

/**
 * Counts a report. The last attempt of a test decides; an earlier one that failed makes its file flaky.
 * A planned file without its `finished` line is a failure that names it.
 */
export function tally(lines: readonly ReportLine[]): Tally {
  const attempts = new Map<string, Extract<ReportLine, { kind: 'test' }>[]>();
  const unfinished = new Set<string>();
  for (const line of lines) {
    if (line.kind === 'planned') unfinished.add(line.file);
    else if (line.kind === 'finished') unfinished.delete(line.file);
    else {
      const key = JSON.stringify([line.file, line.id]);
      attempts.set(key, [...(attempts.get(key) ?? []), line]);
    }
  }
  let passed = 0;
  const failures: string[] = [];
  const flaky = new Map<string, string>();
  for (const list of attempts.values()) {
    const last = list.at(-1);
    if (last === undefined) continue;
    if (last.ok) passed++;
    else failures.push(`FAILED ${last.file} > ${last.name}\n${firstLines(last.error ?? '')}`);
    const failed = list.slice(0, -1).find(({ ok }) => !ok);
    if (last.ok && failed !== undefined && !flaky.has(last.file))
      flaky.set(last.file, `${failed.name}\n${firstLines(failed.error ?? '')}`);
  }
  for (const file of unfinished) {
    const done = [...attempts.values()].flat().filter((line) => line.file === file).length;
    failures.push(`FAILED ${file}: it did not finish (${done} of its tests did)`);
  }
  return { passed, failures, flaky: [...flaky].map(([file, error]) => ({ file, error })) };
}

/** The first lines of a long text. */
export function firstLines(text: string, count = 12): string {
  return text.trimEnd().split('\n').slice(0, count).join('\n');
}

/** The last lines of a long text. */
export function lastLines(text: string, count = 60): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
