/** What the benchmarks run: the sample guard, its policy, and responses of a given number of items. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JsonValue } from '../../src/core/base/json.ts';

export const workerFile = resolve('dist/worker.js');
export const guardBytes = readFileSync('media/samples/files-and-memory/guard.wasm');
export const policy = JSON.parse(readFileSync('media/samples/files-and-memory/policy.json', 'utf8')) as JsonValue;

/** A call whose response is labelled item by item: the search of a memory server, one entity an item. */
export function searchCall(items: number): {
  readonly tool: string;
  readonly args: JsonValue;
  readonly result: JsonValue;
} {
  const entities = Array.from({ length: items }, (_, index) => ({
    name: `Customer ${index}`,
    entityType: index % 3 === 0 ? 'customer' : 'document',
    observations: [
      `source: ${['docs', 'inbox', 'customers/acme'][index % 3]}/note-${index}.md`,
      'asked for an offer in March and wants an answer by the end of the month',
      `contact: person${index}@example.org, telephone on request`,
    ],
  }));
  const text = JSON.stringify({ entities, relations: [] }, null, 2);
  return { tool: 'search_nodes', args: { query: 'offer' }, result: { content: [{ type: 'text', text }] } };
}
