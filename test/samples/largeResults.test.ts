/** The sample guards pass the check that a guard author runs, and label results up to the gateway's limit in the memory that a guard has. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/core/check/checkModel.ts';
import { samples } from '../../src/core/samples/catalog.ts';
import { guardscopeHere } from '../cli/run.ts';
import { bareGuard } from '../support/guards/bareGuard.ts';
import { readJson, samplePath } from '../support/samples.ts';
import { proves } from '../support/proves.ts';

/** Limits of the gateway (gateway spec 1.2, 1.4). */
const memoryLimit = 32 * 1024 * 1024;
const inputLimit = 8 * 1024 * 1024;
const outputSizes = { first: 4 * 1024 * 1024, largest: 16 * 1024 * 1024 };

const [rust, assemblyScript] = ['files-and-memory', 'files-and-memory-as'];

async function findings(id: string, trace?: string): Promise<readonly string[]> {
  const { stdout, stderr } = await guardscopeHere([
    'check',
    samplePath(id, 'guard.wasm'),
    ...['--policy', samplePath(id, 'policy.json'), '--json'],
    ...(trace === undefined ? [] : ['--trace', samplePath(id, trace)]),
  ]);
  expect(stderr).toBe('');
  const results = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly kind: string } & CheckResult);
  expect(results.length).toBeGreaterThan(20);
  return [...new Set(results.flatMap((result) => (result.findings ?? []).map(({ code }) => code)))].sort();
}

describe('guardscope check', () => {
  it.each([rust, assemblyScript])('of %s has no finding', async (id) => {
    proves('own:samples-pass-check');
    expect(await findings(id)).toEqual([]);
  });

  it('of the Rust guard has no finding with the calls of the memory server either', async () => {
    expect(await findings(rust, 'memory.guardtrace.jsonl')).toEqual([]);
  });

  it('of the smaller guard finds the tools that its README says it does without', async () => {
    expect(await findings(assemblyScript, 'trace.guardtrace.jsonl')).toEqual([
      'check/read-as-write',
      'check/tool-unknown-to-guard',
      'lint/operation-of-tool',
    ]);
    expect(await findings(assemblyScript, 'memory.guardtrace.jsonl')).toEqual(['check/tool-unknown-to-guard']);
  });
});

/** Texts that are repeated up to a size: each costs a guard something else. */
const pieces: Readonly<Record<string, string>> = {
  'one line': 'x',
  'empty lines': '\n',
  'lines of a listing': '[FILE] a\n',
  matches: '/workspace/docs/a.md\n',
  quotes: '"',
  'control characters': '\u0001',
  'many scripts': 'ü語🚲',
};

function entities(bytes: number): string {
  const entity = '{"name":"Acme","entityType":"x","observations":["source: docs/a.md"]}';
  // Each quote takes a byte more in the input.
  const room = JSON.stringify(entity).length - 1;
  return `{"entities":[${Array.from({ length: Math.floor(bytes / room) }, () => entity).join(',')}],"relations":[]}`;
}

function repeated(piece: string, bytes: number): string {
  return piece.repeat(Math.floor(bytes / (Buffer.byteLength(JSON.stringify(piece)) - 2)));
}

const tools: readonly (readonly [string, Record<string, unknown>])[] = [
  ['read_text_file', { path: 'docs/a.md' }],
  ['list_directory', { path: '/workspace/docs' }],
  ['directory_tree', { path: '/workspace/docs' }],
  ['search_files', { path: '/workspace', pattern: '*' }],
  ['read_multiple_files', { paths: ['docs/a.md', 'inbox/b.md'] }],
  ['read_graph', {}],
];

describe.each(samples.map(({ id }) => id))('%s', (id) => {
  it.each([inputLimit, inputLimit / 4, inputLimit / 16])(
    'labels or withholds every result of %i bytes',
    async (bytes) => {
      const guard = await bareGuard(readFileSync(samplePath(id, 'guard.wasm')), () => ({
        content: [{ type: 'text', text: 'Allowed directories:\n/workspace' }],
      }));
      expect(guard.call('label_agent', readJson(samplePath(id, 'policy.json'))).code).toBeGreaterThan(0);
      for (const [tool, args] of tools) {
        for (const [what, text] of [
          ...Object.entries(pieces).map(([name, piece]) => [name, repeated(piece, bytes - 300)] as const),
          ['entities', entities(bytes - 300)] as const,
        ]) {
          const result = { content: [{ type: 'text', text }] };
          const input = JSON.stringify({ tool_args: args, tool_name: tool, tool_result: result });
          expect(Buffer.byteLength(input), what).toBeLessThanOrEqual(inputLimit);
          let { code, hint, output } = guard.call('label_response', input, outputSizes.first);
          if (code === -2) {
            expect(hint ?? 0, `${tool} with ${what}`).toBeLessThanOrEqual(outputSizes.largest);
            ({ code, hint, output } = guard.call('label_response', input, hint ?? 0));
          }
          expect(code, `${tool} with ${what}`).toBeGreaterThan(0);
          expect(output, `${tool} with ${what}`).toMatch(/^\{"(?:default_labels|items|items_path)":.*\}$/s);
          expect(guard.memoryBytes(), `${tool} with ${what}`).toBeLessThanOrEqual(memoryLimit);
        }
      }
    },
    120_000,
  );

  it('decides a write of a large file by its path', async () => {
    const guard = await bareGuard(readFileSync(samplePath(id, 'guard.wasm')));
    guard.call('label_agent', readJson(samplePath(id, 'policy.json')));
    const args = { path: 'docs/a.md', content: '"\n'.repeat(2_000_000) };
    const input = { capabilities: {}, tool_args: args, tool_name: 'write_file' };
    const { output } = guard.call('label_resource', input, outputSizes.first);
    expect(JSON.parse(output ?? '')).toMatchObject({
      operation: 'write',
      resource: { description: expect.stringMatching(/:docs\/a\.md$/) as string, secrecy: [] },
    });
    const long = { capabilities: {}, tool_args: { path: `${'a/'.repeat(3_000_000)}b` }, tool_name: 'write_file' };
    expect(guard.call('label_resource', long, outputSizes.first).code).toBe(-1);
    expect(guard.memoryBytes()).toBeLessThanOrEqual(memoryLimit);
  });
});
