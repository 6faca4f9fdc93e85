/** What the benchmarks run: the sample guard, its policy, and responses of a given number of items. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JsonValue } from '../../src/core/base/json.ts';

export const workerFile = resolve('dist/worker.js');
export const guardBytes = readFileSync('media/samples/files-and-memory/guard.wasm');
export const policy = JSON.parse(readFileSync('media/samples/files-and-memory/policy.json', 'utf8')) as JsonValue;

/** How much an item holds: a few facts (0.3 kB), or as much text as an issue of a code host (1.6 kB). */
export type ItemSize = 'facts' | 'issue';

/** A tool call with what the backend answered. */
export interface BenchCall {
  readonly tool: string;
  readonly args: JsonValue;
  readonly result: JsonValue;
}

/** A call whose response is labelled item by item: the search of a memory server, one entity an item. */
export function searchCall(items: number, size: ItemSize = 'facts'): BenchCall {
  const more = size === 'facts' ? [] : Array.from({ length: 16 }, (_, line) => `${line}: ${sentence}`);
  const entities = Array.from({ length: items }, (_, index) => ({
    name: `Customer ${index}`,
    entityType: index % 3 === 0 ? 'customer' : 'document',
    observations: [
      `source: ${['docs', 'inbox', 'customers/acme'][index % 3]}/note-${index}.md`,
      'asked for an offer in March and wants an answer by the end of the month',
      `contact: person${index}@example.org, telephone on request`,
      ...more,
    ],
  }));
  const text = JSON.stringify({ entities, relations: [] }, null, 2);
  return { tool: 'search_nodes', args: { query: 'offer' }, result: { content: [{ type: 'text', text }] } };
}

const sentence = 'the pump stops after an hour with code 17, "over heat", and starts again when cold';
