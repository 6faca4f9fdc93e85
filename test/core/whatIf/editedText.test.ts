/** The text of an edited call: mistakes with their places, and the schema that editors complete it by. */
import { Validator } from '@cfworker/json-schema';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/base/json.ts';
import { mistakeIn, placeOfPointer, readEditedText } from '../../../src/core/whatIf/editedText.ts';
import { readChangesFile } from '../../../src/core/whatIf/readChanges.ts';
import { repoPath } from '../../support/paths.ts';

const text = '{\n  "arguments": { "path": "a" },\n  "data": [\n    1,\n    { "x": 2 }\n  ]\n}\n';

describe('the text of a call', () => {
  test('that is JSON has its value', () => {
    expect(readEditedText('{"mode": null}', 0)).toEqual({ ok: true, value: { mode: null } });
  });

  test('that is not JSON has a problem at the mistake', () => {
    expect(readEditedText('{\n  "mode": strict\n}', 11)).toEqual({
      ok: false,
      problem: {
        severity: 'error',
        code: 'changes/unusable',
        message: expect.stringMatching(/^The text of call 12 is not JSON: invalid character 's'/) as string,
        hint: 'The changes that could be used last stay in force',
        position: { line: 2, column: 11 },
      },
    });
  });

  test.each([
    ['/data/1/x', { line: 5, column: 12 }],
    ['/data/7', { line: 3, column: 11 }],
    ['/agent', { line: 1, column: 1 }],
    ['', { line: 1, column: 1 }],
  ])('has a place for %s', (pointer, position) => {
    expect(placeOfPointer(text, pointer)).toEqual(position);
    expect(mistakeIn(text, 0, { ok: false, reason: 'it is odd', pointer })).toMatchObject({
      message: 'The changes of call 1 cannot be used: it is odd',
      position,
    });
  });
});

describe('the schema of the text', () => {
  const schema = JSON.parse(readFileSync(repoPath('media/changes.schema.json'), 'utf8')) as JsonObject;
  const isValid = (value: JsonValue): boolean => new Validator(schema, '7').validate(value).valid;

  test('has the members that are read', () => {
    const { properties } = schema;
    if (!isJsonObject(properties ?? null)) throw new Error('the schema has no properties');
    for (const name of Object.keys(properties as JsonObject)) {
      const read = readChangesFile({ [name]: 1 });
      expect(read.ok ? '' : read.reason, name).not.toContain('unknown member');
    }
    expect(readChangesFile({ other: 1 })).toMatchObject({
      reason: expect.stringContaining('unknown member') as string,
    });
  });

  test('of a file has an entry a call', () => {
    const file = JSON.parse(readFileSync(repoPath('media/changesFile.schema.json'), 'utf8')) as JsonObject;
    const validator = new Validator({ ...file, $id: 'https://guardscope.test/changesFile.schema.json' }, '7');
    // The library notes its addresses in the schemas that it gets.
    validator.addSchema({ ...structuredClone(schema), $id: 'https://guardscope.test/changes.schema.json' });
    const isFile = (value: JsonValue): boolean => validator.validate(value).valid;
    const values: readonly JsonValue[] = [
      { changes: [{ call: 1, mode: 'strict' }] },
      { changes: [{ mode: 'strict' }] },
      { changes: [] },
      { changes: [{ call: 1, args: {} }] },
      { mode: 'strict', changes: [{ call: 1 }] },
    ];
    expect(values.map(isFile)).toEqual([true, false, false, false, false]);
    expect(values.map((value) => readChangesFile(value).ok)).toEqual(values.map(isFile));
  });

  test.each<readonly [JsonValue, boolean]>([
    [{ call: 3, tool: 'a', arguments: {}, data: [], agent: { secrecy: ['a b'] }, mode: 'strict' }, true],
    [{ set: { '/data/0': 1, '/arguments': {} }, mode: null }, true],
    [{ set: { '/dataset': 1 } }, false],
    [{ call: 0 }, false],
    [{ agent: { secrecy: [' a'] } }, false],
    [{ agent: { secrecy: [''] } }, false],
    [{ agent: { secret: [] } }, false],
    [{ mode: 'Strict' }, false],
    [{ data: 1, result: 1 }, false],
    [{ args: {} }, false],
  ])('agrees with the reader about %j', (value, valid) => {
    expect([isValid(value), readChangesFile(value).ok]).toEqual([valid, valid]);
  });
});
