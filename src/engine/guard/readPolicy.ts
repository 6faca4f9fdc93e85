/** Reads the policy file of a replay. */
import { Failure } from '../../core/base/failure.ts';
import type { Parsed } from '../../core/base/parsed.ts';
import { parsePolicyText } from '../../core/policy/parse.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { readInput } from './readInput.ts';

/**
 * The policy in a file; null without a file. `texts`: in place of the content of files, by path. A policy that the gateway would refuse is a
 * value with problems.
 */
export async function readPolicy(
  path: string | null,
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<Parsed<Policy | null>> {
  if (path === null) return { value: null, problems: [] };
  const text = texts.get(path);
  if (text !== undefined) return parsePolicyText(text, path);
  const bytes = await readInput(path, 'policy');
  return parsePolicyText(new TextDecoder().decode(bytes), path);
}

/** The policy to replay with; null only without a file. Throws `policy/unusable` when the gateway would refuse it: no decision under it would be true. */
export function requirePolicy({ value, problems }: Parsed<Policy | null>, path: string | null): Policy | null {
  if (path === null || value !== null) return value;
  const reason = problems[0]?.message ?? 'it is empty';
  const hint = problems[0]?.hint ?? 'A policy is JSON that begins with "allow-only" or "write-sink"';
  throw new Failure('policy/unusable', `The gateway would refuse the policy "${path}": ${reason}`, hint);
}
