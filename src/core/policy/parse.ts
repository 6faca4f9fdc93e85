/** Reads a policy file: the policy, and every problem with its position, in the gateway's words and with a hint. */
import { decodeGoJsonTree } from '../go/goJsonTree.ts';
import { typeError } from '../go/goJsonTyped.ts';
import { isJsonObject } from '../base/json.ts';
import type { Parsed, Problem } from '../base/parsed.ts';
import { policyKindOf } from './fields.ts';
import { hintForSyntax } from './hints.ts';
import { type JudgedPolicy, judgePolicy, judgePolicyMap } from './judge.ts';
import { makeLocator, type Locator } from './locate.ts';
import type { Policy } from './policy.ts';

/**
 * The policy of a text; null when the gateway finds none or refuses it. The text is a policy object (`{"allow-only":…}`,
 * `{"write-sink":…}`), the older `{"repos":…,"min-integrity":…}`, or a map of these by server id. `server` selects an entry of the map;
 * without it the map must have only one.
 */
export function parsePolicyText(text: string, file?: string, server: string | null = null): Parsed<Policy | null> {
  const locate = makeLocator(text, file);
  const tree = decodeGoJsonTree(text);
  if (!tree.ok) {
    const position = locate.byte(tree.offset);
    return failed({
      severity: 'error',
      code: 'policy/not-json',
      message: tree.error,
      position,
      ...hintForSyntax(text),
    });
  }
  const { value: root, overflow } = tree.value;
  const whole = { path: [], form: 'current', object: isJsonObject(root) ? root : {} } as const;
  if (!isJsonObject(root)) return located(judgePolicy(whole, tree.value), locate);
  // The command line accepts these keys in any case, a server's map only in lower case. Both are read here; other cases get a warning.
  if (Object.keys(root).some((key) => policyKindOf(key) !== null)) {
    return located(judgePolicy(whole, tree.value), locate);
  }
  if (overflow !== null) {
    const message = typeError(`number ${overflow.literal}`, 'float64');
    return failed({ severity: 'error', code: 'policy/type', message, position: locate.index(overflow.at) });
  }
  return located(judgePolicyMap(root, server), locate);
}

function located({ policy, findings }: JudgedPolicy, locate: Locator): Parsed<Policy | null> {
  const problems = findings.map(({ path, at, ...problem }): Problem => {
    return { ...problem, position: at === 'key' ? locate.key(path) : locate.value(path) };
  });
  return { value: policy, problems };
}

function failed(problem: Problem): Parsed<null> {
  return { value: null, problems: [problem] };
}
