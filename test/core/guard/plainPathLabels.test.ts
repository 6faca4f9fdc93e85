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
    ` { "labeled_paths" : [ { "path" : "/0" , "labels" : ${labels} } ] }\n`,
    `{"labeled_paths":[{"path":"/1","labels":{"description":"a \\"b\\" \\\\ ü"}}]}`,
  ])('take the fast path, with the same result as with an escape in a name, which declines it: %s', (text) => {
    const declined = text.replace('labeled_paths', String.raw`l\u0061beled_paths`);
    expect(quick(text)).not.toBeNull();
    expect(quick(declined)).toBeNull();
    expect(decodeLabelResponse(text, result)).toEqual(decodeLabelResponse(declined, result));
    expect(decodeLabelResponse(text, result)).toMatchObject({ ok: true });
  });

  it.each([
    ['another case', `{"labeled_paths":[{"Path":"/0","labels":${labels}}]}`],
    ['an unknown member', `{"labeled_paths":[],"more":1}`],
    ['a repeated member', `{"labeled_paths":[],"items_path":"/a","items_path":""}`],
    ['a member repeated with the same value', `{"labeled_paths":[],"default_labels":null,"default_labels":null}`],
    ['a repeated list of tags', `{"labeled_paths":[{"path":"/0","labels":{"secrecy":["a"],"secrecy":["b"]}}]}`],
    ['repeated labels', `{"labeled_paths":[{"path":"/0","labels":${labels},"labels":{}}]}`],
    ['a repetition beside escapes', `{"labeled_paths":[{"path":"/0","path":"\\\\","labels":{}}]}`],
    ['a lone surrogate', `{"labeled_paths":[],"items_path":"\ud800"}`],
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
