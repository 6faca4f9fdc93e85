/** A preview of a configuration does not show its secrets. */
import { describe, expect, it } from 'vitest';
import { mask, maskSecrets } from '../../../src/core/redaction/maskSecrets.ts';

const rows: readonly [string, string, readonly string[], string][] = [
  ['a variable in JSON', '{"env": {"API_KEY": "abc"}}', ['API_KEY'], `{"env": {"API_KEY": "${mask}"}}`],
  ['an escaped quote', '{"KEY":"a\\"b","x":"c"}', ['KEY'], `{"KEY":"${mask}","x":"c"}`],
  [
    'a variable in TOML',
    'env = { KEY = "abc", "OTHER" = \'d\' }',
    ['KEY', 'OTHER'],
    `env = { KEY = "${mask}", "OTHER" = '${mask}' }`,
  ],
  ['every place of it', '{"a":{"K":"1"},"b":{"K":"2"}}', ['K'], `{"a":{"K":"${mask}"},"b":{"K":"${mask}"}}`],
  ['a reference', '{"K":"${input:token}","L":"$HOME"}', ['K', 'L'], '{"K":"${input:token}","L":"$HOME"}'],
  ['the same text under another name', '{"K":"node","command":"node"}', ['K'], `{"K":"${mask}","command":"node"}`],
  ['a name that ends alike', '{"MY_KEY":"a"} MY_KEY = "a"', ['KEY'], '{"MY_KEY":"a"} MY_KEY = "a"'],
  [
    'a name with signs of patterns',
    '{"X-A.B(": "v", "X-AxB(": "v"}',
    ['X-A.B('],
    `{"X-A.B(": "${mask}", "X-AxB(": "v"}`,
  ],
  ['no names', '{"args":["--port","1"]}', [], '{"args":["--port","1"]}'],
  ['text that is no configuration', '"K": "never closed\n"x"', ['K'], '"K": "never closed\n"x"'],
];

describe('masking secrets', () => {
  it.each(rows)('%s', (_name, text, names, expected) => {
    expect(maskSecrets(text, names)).toBe(expected);
  });

  it('replaces values that look like secrets in any place, equally before and after a change', () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const masked = maskSecrets(`{"args":["--token","${token}"]}`, []);
    expect(masked).not.toContain(token);
    expect(masked).toContain('github-token');
    expect(maskSecrets(`{"args":["tap","--","--token","${token}"]}`, [])).toContain(masked.split('"')[5]);
  });
});
