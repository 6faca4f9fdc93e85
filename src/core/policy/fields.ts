/** The table of policy fields, from which decoding, checks, normalization, payload, schema and hints follow (gateway spec 2.3, 2.7). */
import { toLower } from '../go/goText.ts';

/**
 * How a field is read, checked and normalized: `repos` is a word or scopes, `level` an integrity level, `limits` tool names with numbers,
 * `list` strings that are compared without case, `expression` such a list or a string that is split at commas and line ends, `reactions`
 * a list that is normalized to upper case, `text` any string.
 */
export type PolicyFieldKind = 'repos' | 'level' | 'limits' | 'list' | 'expression' | 'reactions' | 'text';

/** One member of the allow-only object. */
export interface AllowOnlyField {
  readonly name: string;
  /** Another name that the gateway accepts. */
  readonly alias: string | null;
  readonly kind: PolicyFieldKind;
  readonly required: boolean;
  /** Whether the check before `label_agent` accepts the field (gateway spec 2.3.2, step 9). */
  readonly reachesGuard: boolean;
  /** Description for the editor, as a sentence. */
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

/** Words that `repos` may have in place of scopes. */
export const repoWords = ['all', 'public'] as const;

/** Keys of the policy object, each with its older spelling. */
export const policyKeys = {
  'allow-only': ['allow-only', 'allowonly'],
  'write-sink': ['write-sink', 'writesink'],
} as const;

/** The kind of policy that a key in any case means; null for any other key. */
export function policyKindOf(key: string): keyof typeof policyKeys | null {
  const lower = toLower(key);
  if (policyKeys['allow-only'].some((known) => known === lower)) return 'allow-only';
  return policyKeys['write-sink'].some((known) => known === lower) ? 'write-sink' : null;
}

/** Top-level key that the gateway adds to the payload from its configuration. */
export const trustedBots = 'trusted-bots';

/** The fields in the order in which the gateway writes them. */
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
  field('refusal-labels', 'expression', 'Labels of items that the agent may not read.'),
  field('approval-labels', 'list', 'Labels that raise an item to approved.'),
  field('trusted-users', 'list', 'Users whose content counts as approved.'),
  field('endorsement-reactions', 'reactions', 'Reactions by which a maintainer endorses an item.'),
  field('disapproval-reactions', 'reactions', 'Reactions by which a maintainer disapproves of an item.'),
  field('disapproval-integrity', 'level', 'The integrity of a disapproved item.'),
  field('endorser-min-integrity', 'level', 'The integrity that an endorser must have.'),
  field('promotion-label', 'text', 'Label that promotes an item.', { reachesGuard: false }),
  field('demotion-label', 'text', 'Label that demotes an item.', { reachesGuard: false }),
];

/** The fields of the write-sink object. */
export const writeSinkFields: readonly WriteSinkField[] = [
  {
    name: 'accept',
    required: true,
    about: 'The secrecy tags that the sink accepts: "*" alone, or scopes such as "private:owner/repo".',
  },
  { name: 'sink-visibility', required: false, about: 'Who can read what is written to the sink.' },
];

/** The allow-only field with this name or alias in lower case; null for an unknown one. */
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
