/** Deeply nested and large TOML configurations: refused with a position, in linear time. */
import { expect, test } from 'vitest';
import { readClientText } from '../../../src/core/clientConfigs/clientText.ts';
import { readGatewayConfig } from '../../../src/core/gatewayConfig/config.ts';

const policies = '[servers.s.guard_policies]\n';
const names = (count: number): string => Array<string>(count).fill('a').join('.');
const lines = (count: number, line: (index: number) => string): string => {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
};

test('900 nested inline tables are read, and the server in them is refused in the gateway’s words', () => {
  const text = `${policies}a.b = ${'{x='.repeat(900)}1${'}'.repeat(900)}`;
  const { value, problems } = readGatewayConfig(text, { form: 'toml', env: {} });
  expect(value.refusal).toMatch(/^server 's': stdio servers must use containerized execution/);
  expect(problems).toHaveLength(1);
});

test.each<readonly [name: string, text: string, line: number, column: number]>([
  ['nested inline tables', `${policies}a.b = ${'{x='.repeat(5000)}1${'}'.repeat(5000)}`, 2, 3007],
  ['nested arrays', `${policies}a.b = ${'['.repeat(100_000)}`, 2, 1007],
  ['names in a key', `${policies}\n  ${names(20_000)} = 1`, 3, 3],
  ['names in a header', `x = 1\n[servers.s.guard_policies.${names(20_000)}]`, 2, 2],
  ['names in nested tables', `${policies}a = { ${names(600)} = { ${names(600)} = 1 } }`, 2, 1211],
])('more than 1000 %s are refused with a position', (_, text, line, column) => {
  const { value, problems } = readGatewayConfig(text, { form: 'toml', env: {} });
  expect(problems).toMatchObject([{ severity: 'error', code: 'config/too-deep', position: { line, column } }]);
  expect(value.refusal).toMatch(/more than 1000 nested tables and arrays/);
});

test('nested arrays and dotted names up to the limits are read', () => {
  const text = `${policies}${names(990)} = ${'['.repeat(990)}${']'.repeat(990)}`;
  const { value } = readGatewayConfig(text, { form: 'toml', env: {} });
  expect(value.servers[0]?.guardPolicies).toHaveProperty('a');
});

test.each<readonly [name: string, text: (size: number) => string, size: number]>([
  ['nested inline tables', (size) => `${policies}a.b = ${'{x='.repeat(size)}1${'}'.repeat(size)}`, 110],
  [
    'keys below a deep table',
    (size) => `[servers.s.guard_policies.${names(900)}]\n${lines(size, (at) => `k${at} = 1`)}`,
    1000,
  ],
  ['tables', (size) => lines(size, (at) => `[servers.s${at}]\ncommand = "docker"`), 200],
  ['unknown keys', (size) => `[servers.s]\n${lines(size, (at) => `k${at} = 1`)}`, 200],
  ['comments', (size) => `${lines(size, () => '# [x]')}x = 1`, 10_000],
])('the time for %s grows with the text, not with its square', (_, text, size) => {
  const read = (input: string): void => void readGatewayConfig(input, { form: 'toml', env: {} });
  expect(timeRatio(read, text(size), text(8 * size))).toBeLessThan(32);
});

test('the time for the servers of a client grows with the text, not with its square', () => {
  const text = (size: number): string => lines(size, (at) => `[mcp_servers.s${at}]\ncommand = "docker"`);
  const file = { client: 'codex', name: 'Codex', path: '/config.toml', scope: 'user' } as const;
  const read = (input: string): void => void readClientText(file, input);
  expect(timeRatio(read, text(400), text(3200))).toBeLessThan(32);
});

/**
 * Processor time for a text eight times as long over that for the short one: about 8 when it is linear, 64 when it is quadratic. Takes the
 * least of several runs, and reads the short text often enough for the resolution of the clock.
 */
function timeRatio(read: (text: string) => void, short: string, long: string): number {
  const repeats = 16;
  // The first runs are slower until the code is compiled.
  for (let count = 0; count < 3 * repeats; count++) read(short);
  const least = (run: () => void): number => {
    const times = Array.from({ length: 5 }, () => {
      const start = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(start);
      return user + system;
    });
    return Math.min(...times);
  };
  const longTime = least(() => read(long));
  const shortTime = least(() => {
    for (let count = 0; count < repeats; count++) read(short);
  });
  return longTime / (shortTime / repeats);
}
