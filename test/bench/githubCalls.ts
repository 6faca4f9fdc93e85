/** Calls for the gateway's own GitHub guard: a list of issues, each with its author's association. */
import type { JsonValue } from '../../src/core/base/json.ts';
import type { BenchCall } from './subjects.ts';

/** A policy with one repository and an integrity level, as in the gateway's own examples. */
export const githubPolicy: JsonValue = {
  'allow-only': { repos: ['acme/widget'], 'min-integrity': 'approved' },
};

/** `list_issues` with this many issues of about 1.6 kB. The association is included, so the guard makes no look-ups for it. */
export function listIssues(issues: number): BenchCall {
  const list = Array.from({ length: issues }, (_, index) => ({
    number: 100 + index,
    title: `The pump of line ${index} stops after an hour`,
    state: index % 4 === 0 ? 'closed' : 'open',
    user: { login: `person${index % 17}`, id: 5000 + (index % 17), type: 'User' },
    author_association: associations[index % associations.length] ?? 'NONE',
    labels: [{ id: index, name: 'bug', color: 'd73a4a' }],
    comments: index % 9,
    created_at: '2026-05-06T07:08:09Z',
    updated_at: '2026-05-07T07:08:09Z',
    html_url: `https://github.com/acme/widget/issues/${100 + index}`,
    body: Array.from({ length: 14 }, (_, line) => `${line}: ${sentence}`).join('\n'),
  }));
  const args = { owner: 'acme', repo: 'widget' };
  return { tool: 'list_issues', args, result: { content: [{ type: 'text', text: JSON.stringify(list) }] } };
}

/**
 * Answers to the guard's look-ups: the repository is public, and everyone may write. The guard caches them, so only its first call makes
 * look-ups.
 */
export const githubAnswers: readonly JsonValue[] = [
  textResult({ total_count: 1, items: [{ full_name: 'acme/widget', private: false, visibility: 'public' }] }),
  ...Array.from({ length: 49 }, () => textResult({ permission: 'write', user: { login: 'someone' } })),
];

function textResult(value: JsonValue): JsonValue {
  return { content: [{ type: 'text', text: JSON.stringify(value) }] };
}

const associations = ['MEMBER', 'CONTRIBUTOR', 'NONE', 'OWNER', 'FIRST_TIME_CONTRIBUTOR'];
const sentence = 'the pump stops after an hour with code 17, "over heat", and starts again when cold';
