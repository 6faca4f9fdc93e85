/** What a hover on a policy says, in JSON and in TOML. */
import { describe, expect, it } from 'vitest';
import { policiesOfConfig, policiesOfPolicy } from '../../../src/core/clauses/clausesOfFile.ts';
import { policyHover } from '../../../src/core/clauses/policyHover.ts';
import { allowOnlyFields, writeSinkFields } from '../../../src/core/policy/fields.ts';
import { proves } from '../../support/proves.ts';

const json = `{ "allow-only": { "repos": ["a/one", "a/two"], "Min-Integrity": "merged", "tool-call-limits": { "push": 1 }, "x": 1 } }`;
const toml = `[servers.a]
command = "docker"
[servers.a.guard_policies.allow-only]
repos = ["a/one"] # why
min-integrity = "merged"
[servers.b.guard_policies]
write-sink = { accept = ["*"], sink-visibility = "public" }
`;

interface Hover {
  readonly over: string;
  readonly text: string;
}

function hover(text: string, at: string, offset = 1): Hover | null {
  const policies = text.startsWith('{') ? policiesOfPolicy(text) : policiesOfConfig(text, 'gateway.toml', {});
  const found = policyHover(policies, text.indexOf(at) + offset);
  return found === null ? null : { over: text.slice(found.span.start, found.span.end), text: found.text };
}

describe('a hover', () => {
  it.each([
    [json, '"allow-only"', '"allow-only"', 'What an agent may read'],
    [json, '"repos"', '"repos"', 'repositories that the agent may read'],
    [json, '"a/two"', '"a/two"', 'repositories that the agent may read'],
    [json, '"Min-Integrity"', '"Min-Integrity"', 'The lowest integrity'],
    [json, '"merged"', '"merged"', 'One of `none`, `unapproved`, `approved`, `merged`'],
    [json, '"push"', '"push"', '0 is unlimited. Not for servers with a WASM guard'],
    [toml, 'repos', 'repos', '(required)'],
    [toml, '"a/one"', '"a/one"', '`owner/re*`'],
    [toml, 'min-integrity', 'min-integrity', 'The lowest integrity'],
    [toml, 'write-sink', 'write-sink', 'takes writes of agents whose secrecy it accepts'],
    [toml, '"*"', '"*"', 'The secrecy tags that the sink accepts'],
    [toml, 'sink-visibility', 'sink-visibility', 'One of `public`, `private`, `internal`'],
  ])('in %.12s… on %s is over %s', (text, at, over, says) => {
    proves('own:policy-hovers');
    expect(hover(text, at)).toEqual({ over, text: expect.stringContaining(says) });
  });

  it('explains every field that the gateway knows', () => {
    const names = allowOnlyFields.map(({ name, kind }) => [name, kind === 'limits' ? '{"a":1}' : '"a"']);
    const object = names.map(([name, value]) => `"${name}":${value}`).join(',');
    for (const { name, about } of allowOnlyFields) {
      expect(hover(`{"allow-only":{${object}}}`, `"${name}"`)?.text).toContain(about);
    }
    for (const { name, about } of writeSinkFields) {
      expect(hover(`{"write-sink":{"${name}":"public"}}`, `"${name}"`)?.text).toContain(about);
    }
    expect(hover('{"repos":"all","integrity":"none"}', '"integrity"')?.text).toContain('**min-integrity**');
  });

  it('is not on other keys, between values, and on comments', () => {
    expect(hover(json, '"x"')).toBeNull();
    expect(hover(json, ', "a/two"', 0)).toEqual({
      over: expect.any(String),
      text: expect.stringContaining('**repos**'),
    });
    expect(hover(toml, '# why', 2)).toBeNull();
    expect(hover(toml, 'command')).toBeNull();
    expect(hover('{}', '}')).toBeNull();
  });
});
