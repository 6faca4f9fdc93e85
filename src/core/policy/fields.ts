/** The one table of policy fields; decoding, checks, normalising, payload, schema and hints are driven by it (gateway spec 2.3, 2.7). */
import { toLower } from '../go/goText.ts';

/**
 * How a field is read, checked and normalised: `repos` a word or scopes, `level` an integrity level, `limits` tool names with
 * numbers, `list` texts where case does not distinguish, `expression` such a list or a text split at commas and line ends,
 * `reactions` a list kept in upper case, `text` anything.
 */
export type PolicyFieldKind = 'repos' | 'level' | 'limits' | 'list' | 'expression' | 'reactions' | 'text';

/** One member of the allow-only object. */
export interface AllowOnlyField {
  readonly name: string;
  /** Other spelling that the gateway takes for it. */
  readonly alias: string | null;
  readonly kind: PolicyFieldKind;
  readonly required: boolean;
  /** Whether the check before `label_agent` lets it through to a WASM guard (gateway spec 2.3.2, step 9). */
  readonly reachesGuard: boolean;
  /** What it means, as a sentence. */
  readonly about: string;
}

/** One member of the write-sink object. */
export interface WriteSinkField {
  readonly name: 'accept' | 'sink-visibility';
  readonly required: boolean;
  readonly about: string;
}

/** The integrity levels, lowest first. */
export const integrityLevels = ['none', 'unapproved', 'approved', 'merged'] as const;

/** The words that may stand for all repositories of a kind. */
export const repoWords = ['all', 'public'] as const;

/** Keys of the policy object, each with the older spelling. */
export const policyKeys = {
  'allow-only': ['allow-only', 'allowonly'],
  'write-sink': ['write-sink', 'writesink'],
} as const;

/** What a key of the policy object means, in any case of letters; null for any other key. */
export function policyKindOf(key: string): keyof typeof policyKeys | null {
  const lower = toLower(key);
  if (policyKeys['allow-only'].some((known) => known === lower)) return 'allow-only';
  return policyKeys['write-sink'].some((known) => known === lower) ? 'write-sink' : null;
}

/** Top-level key that the gateway adds to the payload from its configuration. */
export const trustedBots = 'trusted-bots';

/** In the order in which the gateway writes them. */
export const allowOnlyFields: readonly AllowOnlyField[] = [
  field('repos', 'repos', 'The repositories that the agent may read: "all", "public", or a list of scopes.', {
    required: true,
  }),
  field('min-integrity', 'level', 'The lowest integrity of what the agent may read.', {
    required: true,
    alias: 'integrity',
  }),
  field('tool-call-limits', 'limits', 'How often each tool may be called in a session; 0 is unlimited.', {
    reachesGuard: false,
  }),
  field('blocked-users', 'list', 'Users whose content is never trusted.'),
  field('refusal-labels', 'expression', 'Labels that take an item out of what the agent may read.'),
  field('approval-labels', 'list', 'Labels that raise an item to approved.'),
  field('trusted-users', 'list', 'Users whose content counts as approved.'),
  field('endorsement-reactions', 'reactions', 'Reactions by which a maintainer endorses an item.'),
  field('disapproval-reactions', 'reactions', 'Reactions by which a maintainer disapproves of an item.'),
  field('disapproval-integrity', 'level', 'The integrity that a disapproved item falls to.'),
  field('endorser-min-integrity', 'level', 'The integrity that an endorser must have.'),
  field('promotion-label', 'text', 'Label that promotes an item.', { reachesGuard: false }),
  field('demotion-label', 'text', 'Label that demotes an item.', { reachesGuard: false }),
];

export const writeSinkFields: readonly WriteSinkField[] = [
  {
    name: 'accept',
    required: true,
    about: 'The secrecy tags that the sink takes: "*" alone, or scopes such as "private:owner/repo".',
  },
  { name: 'sink-visibility', required: false, about: 'Who can read what is written to the sink.' },
];

/** The allow-only field that a key means; `null` when the gateway knows none of that name. Keys are compared in lower case. */
export function allowOnlyField(lowerKey: string): AllowOnlyField | null {
  return allowOnlyFields.find(({ name, alias }) => name === lowerKey || alias === lowerKey) ?? null;
}

function field(
  name: string,
  kind: PolicyFieldKind,
  about: string,
  more: { required?: boolean; alias?: string; reachesGuard?: boolean } = {},
): AllowOnlyField {
  const { required = false, alias = null, reachesGuard = true } = more;
  return { name, alias, kind, required, reachesGuard, about };
}
