/** The fast path gives the same labels as Go's decoding, and declines every text on which JSON readers could differ. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/base/json.ts';
import { decodeLabelResponse } from '../../../src/core/guard/decodeLabelResponse.ts';
import { plainPathLabels } from '../../../src/core/guard/plainPathLabels.ts';

const labels = '{"description":"d","secrecy":["s"],"integrity":[]}';
const result = [{ n: 1 }, { n: 2 }];
const quick = (text: string) => plainPathLabels(text, JSON.parse(text) as JsonObject);

describe('plain path labels', () => {
  it.each([
    `{"labeled_paths":[{"path":"/0","labels":${labels}}]}`,
    `{"labeled_paths":[],"default_labels":${labels},"items_path":""}`,
    `{"items_path":"","default_labels":null,"labeled_paths":[{"labels":{},"path":"/1"}]}`,
  ])('take the fast path, with the same result as with a leading space, which declines it: %s', (text) => {
    expect(quick(text)).not.toBeNull();
    expect(quick(` ${text}`)).toBeNull();
    expect(decodeLabelResponse(text, result)).toEqual(decodeLabelResponse(` ${text}`, result));
    expect(decodeLabelResponse(text, result)).toMatchObject({ ok: true });
  });

  it.each([
    ['another case', `{"labeled_paths":[{"Path":"/0","labels":${labels}}]}`],
    ['an unknown member', `{"labeled_paths":[],"more":1}`],
    ['a repeated member', `{"labeled_paths":[],"items_path":"/a","items_path":""}`],
    ['a tag that is not a string', `{"labeled_paths":[{"path":"/0","labels":{"secrecy":[1]}}]}`],
    ['null tags', `{"labeled_paths":[{"path":"/0","labels":{"secrecy":null}}]}`],
    ['null paths', `{"labeled_paths":null}`],
    ['a path that is not a string', `{"labeled_paths":[{"path":7,"labels":{}}]}`],
    [
      'an unknown member nested deeper than the stack allows',
      `{"labeled_paths":[],"more":${'['.repeat(9000)}${']'.repeat(9000)}}`,
    ],
    ['unnecessary escapes', '{"labeled_paths":[],"items_path":"\\u0061"}'],
  ])('decline the fast path for %s', (_name, text) => {
    expect(quick(text)).toBeNull();
  });
});
