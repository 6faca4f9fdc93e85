/** The error text of a denied access, and its wording of tags (gateway `internal/difc/violations.go`, spec 3.3). */
import { utf8Length } from '../../go/goText.ts';
import type { AgentLabels } from './agent.ts';
import type { EvaluationRecord } from '../record/decision.ts';
import { formatTags, sortedTags } from './labels.ts';
import type { Resource } from './resource.ts';

/**
 * Formats a violation like the gateway, including its misleading advice for denied writes (to drop tags that the agent does not have,
 * or to add tags that it already has); null for a plain allow. Lists are sorted.
 */
export function formatViolation(evaluation: EvaluationRecord, agent: AgentLabels, resource: Resource): string | null {
  if (evaluation.decision === 'allow') return null;
  const { secrecyToAdd, integrityToDrop } = evaluation;
  return [
    `DIFC Violation: ${evaluation.reason}\n\n`,
    ...(secrecyToAdd.length === 0 ? [] : [addSecrecyAdvice(formatTags(secrecyToAdd))]),
    ...(integrityToDrop.length === 0 ? [] : [dropIntegrityAdvice(formatTags(integrityToDrop))]),
    `\nCurrent Agent Labels:\n  Secrecy: ${formatTags(agent.secrecy)}\n  Integrity: ${formatTags(agent.integrity)}\n`,
    `\nResource Requirements:\n  Secrecy: ${formatTags(resource.secrecy)}\n  Integrity: ${formatTags(resource.integrity)}\n`,
  ].join('');
}

/** A tag split at its first colon, unless that is its first character: `approved:acme` is level `approved` of scope `acme`. */
export interface SplitTag {
  readonly base: string;
  /** Empty without a colon, or with nothing after it. */
  readonly scope: string;
}

/** Splits a tag into base and scope. */
export function splitTag(tag: string): SplitTag {
  const colon = tag.indexOf(':');
  return colon > 0 ? { base: tag.slice(0, colon), scope: tag.slice(colon + 1) } : { base: tag, scope: '' };
}

/**
 * Returns LEVEL of the gateway's texts: the highest of merged, approved, unapproved among the tags, in double quotes; otherwise the list
 * itself; `none` without tags. The level omits the scopes: `approved:acme` and `approved:other` give the same text (gateway spec 3.3).
 */
export function integrityLevel(tags: readonly string[]): string {
  if (tags.length === 0) return 'none';
  const bases = new Set(tags.map((tag) => splitTag(tag).base));
  const level = ['merged', 'approved', 'unapproved'].find((name) => bases.has(name));
  return level === undefined ? formatTags(tags) : `"${level}"`;
}

/** Returns SCOPE of the gateway's texts: the longest private scope, else `private`, else the list itself; `public` without tags. */
export function secrecyScope(tags: readonly string[]): string {
  if (tags.length === 0) return 'public';
  // Among scopes of equal length the gateway picks one at random; sorting makes the text stable.
  const scopes = sortedTags(tags)
    .map((tag) => splitTag(tag))
    .filter(({ base }) => base === 'private')
    .map(({ scope }) => scope);
  const longest = scopes.reduce((best, scope) => (utf8Length(scope) > utf8Length(best) ? scope : best), '');
  if (longest !== '') return `private (${longest})`;
  return tags.includes('private') ? 'private' : formatTags(tags);
}

function addSecrecyAdvice(tags: string): string {
  return `Required Action: Add secrecy tags ${tags}

Implications of adding secrecy tags:
  - Agent will be restricted from writing to resources that lack these tags
  - This includes public resources (e.g., public repositories, public internet)
  - Agent will be marked as handling sensitive information
  - Future writes must target resources with tags: ${tags}
`;
}

function dropIntegrityAdvice(tags: string): string {
  return `
Required Action: Drop integrity tags ${tags}

Implications of dropping integrity tags:
  - Agent will no longer be able to write to high-integrity resources
  - Specifically, agent cannot write to resources requiring tags: ${tags}
  - This action acknowledges that agent has been influenced by lower-integrity data
  - Agent's outputs will be considered less trustworthy
`;
}
