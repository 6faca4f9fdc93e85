/** Conversion of raw tool results, compared with results recorded from the gateway's MCP library. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeGoJson, encodeGoJson } from '../../../src/core/go/goJson.ts';
import { isJsonObject, type JsonObject } from '../../../src/core/base/json.ts';
import { readSdkResult } from '../../../src/core/mcp/sdkResult.ts';

const rows = readFileSync(new URL('sdkResults.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .flatMap((line): JsonObject[] => {
    const decoded = decodeGoJson(line);
    return decoded.ok && isJsonObject(decoded.value) ? [decoded.value] : [];
  });

test('the recorded table is complete', () => expect(rows.length).toBeGreaterThan(50));

test.each(rows.map((row) => [JSON.stringify(row['in']), row] as const))(
  'converts %s like the library',
  (_name, row) => {
    const read = readSdkResult(row['in'] ?? null);
    if (typeof row['error'] === 'string') {
      // The library describes its Go types and quotes the rest of the line; only the beginning is reproduced.
      const error = row['error'].startsWith('json: cannot unmarshal') ? 'json: cannot unmarshal ' : row['error'];
      expect(read.ok ? null : read.error.slice(0, error.length)).toBe(error);
      return;
    }
    expect(read.ok && encodeGoJson(read.value)).toBe(encodeGoJson(row['out'] ?? null));
    expect(read.ok && Object.keys(read.value)).toEqual(Object.keys(isJsonObject(row['out']) ? row['out'] : {}));
  },
);
