/** Inputs of the benchmarks: the sample guard, its policy, and responses with a given number of items. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JsonValue } from '../../src/core/base/json.ts';

export const workerFile = resolve('dist/worker.js');
export const guardBytes = readFileSync('media/samples/files-and-memory/guard.wasm');
export const policy = JSON.parse(readFileSync('media/samples/files-and-memory/policy.json', 'utf8')) as JsonValue;

/** The size of an item: a few facts (0.3 kB), or the text of an issue (1.6 kB). */
export type ItemSize = 'facts' | 'issue';

/** A tool call with its backend result. */
export interface BenchCall {
  readonly tool: string;
  readonly args: JsonValue;
  readonly result: JsonValue;
}

/** A call whose response is labelled item by item: the search of a memory server, with one entity per item. */
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
