/** Checks the ledger: every promise is proven by a test, or is an exception with a reason. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deviations } from './deviations.ts';
import { isRequirement, requirements, statusOf } from './requirements.ts';
import { exceptions } from './requirements/exceptions.ts';
import { parityProofs } from './requirements/parityProofs.ts';
import { requirementsTable } from './requirements/table.ts';
import { parityCases, parityGroups } from './support/records/parity.ts';
import { repoPath } from './support/paths.ts';

const gatewayBehaviours = 331;
const provenAtLeast = 300;
const tableFile = 'test/REQUIREMENTS.md';

const files = testFiles('test');
const caseNames = new Set(parityCases(parityGroups()).map(({ name }) => name));
const named = [...files.flatMap(idsIn), ...parityIds()];
const proofs = group(named.filter(({ use }) => use === 'proves'));
const awaited = group(named.filter(({ use }) => use === 'awaits'));

describe('the ledger', () => {
  it('has every behaviour of the gateway once, and no id twice', () => {
    const ids = requirements.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    const numbers = ids.filter((id) => id.startsWith('gateway:')).map((id) => Number(id.slice('gateway:'.length)));
    expect(numbers).toEqual(Array.from({ length: gatewayBehaviours }, (_, index) => index + 1));
  });

  it('says each promise in one sentence, with its source', () => {
    expect(requirements.filter(({ promise }) => !/^\S.*[^.]\.$/.test(promise)).map(({ id }) => id)).toEqual([]);
    expect(requirements.filter(({ source }) => source === '').map(({ id }) => id)).toEqual([]);
  });

  it('has every id that tests name', () => {
    expect(named.filter(({ id }) => !isRequirement(id))).toEqual([]);
  });

  it('maps only recorded cases that exist and pass', () => {
    expect(Object.keys(parityProofs).filter((name) => !caseNames.has(name))).toEqual([]);
    expect(deviations.map(({ name }) => name).filter((name) => name in parityProofs)).toEqual([]);
  });
});

describe('proofs', () => {
  it('exist for every proven requirement', () => {
    const missing = requirements.map(({ id }) => id).filter((id) => statusOf(id) === 'proven' && !proofs.has(id));
    expect(missing).toEqual([]);
  });

  it('do not exist for exceptions', () => {
    expect([...proofs.keys()].filter((id) => isRequirement(id) && statusOf(id) !== 'proven')).toEqual([]);
  });

  it(`cover at least ${provenAtLeast} behaviours of the gateway`, () => {
    const proven = [...proofs.keys()].filter((id) => id.startsWith('gateway:') && statusOf(id) === 'proven');
    expect(proven.length).toBeGreaterThanOrEqual(provenAtLeast);
  });
});

describe('exceptions', () => {
  it('are requirements, each with a reason', () => {
    expect(Object.keys(exceptions).filter((id) => !isRequirement(id))).toEqual([]);
    expect(Object.entries(exceptions).filter(([, { reason }]) => reason.length < 20)).toEqual([]);
  });

  it('that are not kept yet have a failing test, and others have none', () => {
    const todo = Object.keys(exceptions).filter((id) => statusOf(id) === 'todo');
    expect([...awaited.keys()].sort()).toEqual(todo.sort());
  });
});

it(`${tableFile} equals the ledger (UPDATE=1 writes it)`, () => {
  const table = requirementsTable(proofs);
  if (process.env['UPDATE'] === '1') writeFileSync(repoPath(tableFile), table);
  expect(readFileSync(repoPath(tableFile), 'utf8')).toBe(table);
});

interface Named {
  readonly id: string;
  readonly use: 'proves' | 'awaits';
  readonly place: string;
}

/** Every id that a test file names as a literal: in a call of `proves`, or in a table row that is passed to it. */
function idsIn(file: string): readonly Named[] {
  const text = readFileSync(repoPath(file), 'utf8');
  if (!/\bfrom '[./]*support\/proves\.ts'/.test(text)) return [];
  const awaitedIds = new Set([...text.matchAll(/\bawaits\(([^)]*)\)/g)].flatMap(([, list = '']) => literals(list)));
  return literals(text).map((id) => ({
    id,
    use: awaitedIds.has(id) ? 'awaits' : 'proves',
    place: file.replace(/^test\//, ''),
  }));
}

function literals(text: string): readonly string[] {
  return [...text.matchAll(/'((?:gateway|wazero|own):[^'\s]+)'/g)].map(([, id = '']) => id);
}

function parityIds(): readonly Named[] {
  return Object.entries(parityProofs).flatMap(([name, ids]) =>
    ids.map((id) => ({ id, use: 'proves' as const, place: `parity/${name}` })),
  );
}

function group(list: readonly Named[]): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const { id, place } of list) places.set(id, [...(places.get(id) ?? []), place]);
  return places;
}

function testFiles(folder: string): readonly string[] {
  return readdirSync(repoPath(folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFiles(path);
      return entry.name.endsWith('.test.ts') && path !== 'test/requirements.test.ts' ? [path] : [];
    });
}
