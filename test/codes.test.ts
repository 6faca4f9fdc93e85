/** Compares the catalogue `src/docs/codes.md` with the codes that the source raises, in both directions. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { raisedCodes, unexpectedDynamicCodes } from './support/structure/raisedCodes.ts';
import { repoPath } from './support/paths.ts';

const catalogue = 'src/docs/codes.md';
const row = /^\| `([a-z]+\/[a-z0-9-]+)` \| (failure|error|warning|info) \| (.*?) \| (.+) \| (.+) \|$/;

interface Row {
  readonly code: string;
  readonly where: string;
  readonly meaning: string;
}

function rowsOf(text: string): readonly Row[] {
  return text.split('\n').flatMap((line) => {
    const [, code, , where = '', meaning = ''] = row.exec(line) ?? [];
    return code === undefined ? [] : [{ code, where, meaning }];
  });
}

const quoted = (files: ReadonlySet<string>): string => [...files].map((file) => `\`${file}\``).join(', ');

it('every table row of the catalogue has all five cells', () => {
  const tableLines = readFileSync(repoPath(catalogue), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(tableLines.filter((line) => !row.test(line))).toEqual([]);
});

it('every code that the source raises is in the catalogue once, and every code in the catalogue is raised', () => {
  const listed = rowsOf(readFileSync(repoPath(catalogue), 'utf8')).map(({ code }) => code);
  const raised = raisedCodes();
  expect(raised.size).toBeGreaterThan(150);
  expect(listed.filter((code, index) => listed.indexOf(code) !== index)).toEqual([]);
  const missing = [...raised].filter(([code]) => !listed.includes(code));
  expect(missing.map(([code, files]) => `${code} (${[...files].join(', ')}) is not in ${catalogue}`)).toEqual([]);
  expect(listed.filter((code) => !raised.has(code)).map((code) => `${code} is not raised any more`)).toEqual([]);
});

it('no two codes of a room have the same meaning', () => {
  const seen = new Map<string, string>();
  const doubled = rowsOf(readFileSync(repoPath(catalogue), 'utf8')).filter(({ code, meaning }) => {
    const key = `${code.split('/')[0]} ${meaning}`;
    const known = seen.has(key);
    seen.set(key, code);
    return known;
  });
  expect(doubled.map(({ code }) => code)).toEqual([]);
});

it('codes that are composed at run time have a listed template', () => {
  expect(unexpectedDynamicCodes()).toEqual([]);
});

it(`the column "raised in" of ${catalogue} names the files (UPDATE=1 writes it)`, () => {
  const raised = raisedCodes();
  const text = readFileSync(repoPath(catalogue), 'utf8');
  const written = text
    .split('\n')
    .map((line) => {
      const [, code = '', kind, , meaning, step] = row.exec(line) ?? [];
      const files = raised.get(code);
      return files === undefined ? line : `| \`${code}\` | ${kind} | ${quoted(files)} | ${meaning} | ${step} |`;
    })
    .join('\n');
  if (process.env['UPDATE'] === '1') writeFileSync(repoPath(catalogue), written);
  expect(readFileSync(repoPath(catalogue), 'utf8')).toBe(written);
});
