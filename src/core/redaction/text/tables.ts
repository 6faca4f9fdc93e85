/** Finds secrets in the columns of tables: values with commas, semicolons or tabs, and tables in Markdown. */
import type { Hit } from '../values/hits.ts';
import { isSecretValue } from '../values/secretDecision.ts';
import type { KeyRules } from '../values/secretKeys.ts';
import type { KeyRule } from '../values/secretNames.ts';

const separators = [',', '\t', ';', '|'];

/** Longest line that can be a heading. */
const longestHeading = 2000;

/** Follows the lines of a text, and adds the secrets of tables whose heading names a column of secrets. */
export class TableFinder {
  #table: Table | null = null;

  /** Whether a heading may be in the next line: the first of the text, of a paragraph or of a fenced block. */
  #mayBegin = true;

  /** Examines a line; all lines of the text must be given in their order. */
  line(text: string, start: number, end: number, hits: Hit[], keys: KeyRules): void {
    if (this.#table !== null && !addRow(text, start, end, this.#table, hits)) this.#table = null;
    if (this.#table === null && this.#mayBegin && end - start < longestHeading && mayBeHeading(text, start, end)) {
      this.#table = headingOf(text.slice(start, end), keys);
    }
    this.#mayBegin =
      end - start < 2 ||
      text.charCodeAt(end - 1) === 0x3a ||
      (text.charCodeAt(start) === 0x60 && text.startsWith('```', start));
  }
}

interface Table {
  readonly separator: string;
  readonly columns: readonly (KeyRule | null)[];
}

/** Whether a line begins with the characters of a name and a separator. */
function mayBeHeading(text: string, start: number, end: number): boolean {
  const limit = Math.min(end, start + longestName);
  for (let at = start; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code < 128 && headingParts[code] !== inName) {
      return headingParts[code] === isSeparator;
    }
  }
  return false;
}

/** Longest first name of a heading, with the white space around it. */
const longestName = 200;
const inName = 1;
const isSeparator = 2;
const headingParts = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_ ./-"\'`*\r\v\f') {
  headingParts[char.charCodeAt(0)] = inName;
}
for (const separator of separators) headingParts[separator.charCodeAt(0)] = isSeparator;

/** The columns of a line that is a heading: only names, at least two, and one of a secret. */
function headingOf(line: string, keys: KeyRules): Table | null {
  for (const separator of separators) {
    if (!line.includes(separator)) continue;
    const cells = line.trim().split(separator);
    if (cells.length < 2 || cells.length > 100 || !cells.every((cell) => heading.test(cell.trim()))) continue;
    const columns = cells.map((cell) => keys.ruleOf(cell.trim().replaceAll(/["'`*]/g, '')));
    if (columns.some((rule) => rule !== null)) return { separator, columns };
  }
  return null;
}

/** Adds the secrets of a row; returns whether the line is a row of the table. */
function addRow(text: string, start: number, end: number, { separator, columns }: Table, hits: Hit[]): boolean {
  if (end - start > 100_000) return false;
  const line = text.slice(start, end);
  const indentation = line.length - line.trimStart().length;
  const cells = line.trim().split(separator);
  if (cells.length !== columns.length) return false;
  let at = start + indentation;
  for (const [index, cell] of cells.entries()) {
    const rule = columns[index] ?? null;
    const value = cell.trim().replace(/^["'`]+|["'`]+$/g, '');
    if (rule !== null && value !== '' && isSecretValue(rule, value, rule.kind === 'password' ? 'quoted' : 'line')) {
      const from = at + cell.indexOf(value);
      hits.push({ start: from, end: from + value.length, rule: rule.name });
    }
    at += cell.length + 1;
  }
  return true;
}

const heading = /^["'`*]{0,3}[\p{L}_][\p{L}\p{M}\d _./-]{0,40}["'`*]{0,3}$|^$/u;
