/** Policies that the gateway refuses are reported with position, reason and next step, and nothing is replayed. */
import { afterAll, describe, expect, it } from 'vitest';
import { expectOrderly, expectRefused, guardscope } from '../cli/run.ts';
import { file, guard, removeFiles, trace } from './support.ts';

afterAll(removeFiles);

function replay(path: string) {
  return guardscope(['replay', trace, '--guard', guard, '--policy', path]);
}

const good = '{\n  "allow-only": {\n    "repos": "all",\n    "min-integrity": "approved"\n  }\n}\n';

/** Name, content, line and column, and parts of the message and the next step. */
const cases: readonly (readonly [string, string | Uint8Array, string, readonly string[]])[] = [
  ['a misspelt policy', '{\n  "allow_only": {}\n}\n', '2:3', ['allow_only', 'Did you mean "allow-only"?']],
  ['a misspelt field', good.replace('min-int', 'min_int'), '4:5', ['min_integrity', '"min-integrity"']],
  ['a wrong level', good.replace('approved', 'aproved'), '4:22', ['min-integrity', 'approved']],
  ['a missing field', '{"allow-only":{"repos":"all"}}', '1:', ['min-integrity']],
  ['repos of another type', good.replace('"all"', '7'), '3:14', ['repos']],
  ['a trailing comma', good.replace('"approved"', '"approved",'), '5:3', ["invalid character '}'", 'comma']],
  ['a comment', good.replace('"repos"', '// everything\n    "repos"'), '3:5', ["invalid character '/'", 'comment']],
  ['a policy that is cut off', good.slice(0, 40), '4:1', ['unexpected end of JSON input']],
  ['a list', '[]', '1:1', ['policy']],
  ['an empty file', '', '1:1', ['unexpected end of JSON input']],
  ['blanks', ' \n\n', '', ['unexpected end of JSON input']],
  ['an empty object', '{}', '1:1', ['the object is empty', 'Begin it with "allow-only" or "write-sink"']],
  ['a binary file', Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), '1:1', ['invalid character']],
  ['text in UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le'), '1:1', ['invalid character']],
];

describe('an invalid policy', () => {
  it.each(cases)('%s is refused with its position and the next step', async (name, content, position, sentences) => {
    const path = file(`${name}.json`, content);
    const run = await replay(path);
    expectRefused(run, 2, 'policy/unusable', `guardscope: The gateway would refuse the policy "${path}": `);
    expect(run.stderr).toContain(`${path}:${position}`);
    for (const sentence of sentences) expect(run.stderr).toContain(sentence);
  });
});

describe('an unreadable policy', () => {
  it('is refused: a missing file, a folder, a huge file', async () => {
    expectRefused(await replay('/no/such/policy.json'), 2, 'policy/unreadable', 'ENOENT');
    expectRefused(await replay('/'), 2, 'policy/unreadable', 'it is a directory');
    const huge = file('huge.json', ' '.repeat(17 * 1024 * 1024));
    expectRefused(await replay(huge), 2, 'policy/too-large', '17825792 bytes');
  });
});

it('a deeply nested policy is refused', async () => {
  const run = await replay(file('deep.json', '[{"a":'.repeat(200_000)));
  expectOrderly(run);
  expect(run.code).toBe(2);
});

it('a misspelt policy that the gateway accepts as a server policy is replayed with a warning', async () => {
  const path = file('server.json', good.replace('allow-only', 'allow_only'));
  const run = await replay(path);
  expectOrderly(run);
  expect(run.code).toBe(0);
  expect(run.stderr).toContain(`${path}:2:3: warning: `);
  expect(run.stderr).toContain('allow-only');
});

it('a valid policy gives no problem', async () => {
  const run = await replay(file('good.json', good));
  expectOrderly(run);
  expect(run.code).toBe(0);
  expect(run.stderr).not.toContain('[policy/');
});
