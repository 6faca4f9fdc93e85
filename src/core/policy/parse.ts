/** Reads a policy file: the policy, and every problem with its position, in the gateway's words and with a hint. */
import { encodeGoJson } from '../go/goJson.ts';
import { buildGoJsonTree, decodeGoJsonTree, type GoJsonNode } from '../go/goJsonTree.ts';
import { typeError } from '../go/goJsonTyped.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Parsed, Problem } from '../base/parsed.ts';
import { adviceFor, hintFor, hintForSyntax, misspeltPolicyKey, takenForServer } from './hints.ts';
import { policyKindOf } from './fields.ts';
import { makeLocator, type Locator } from './locate.ts';
import type { Policy } from './policy.ts';
import { findPolicy, parseLegacyPolicy, type FoundPolicy, type PolicyPlace } from './serverPolicy.ts';
import { checkGuardPolicy } from './validate.ts';

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
  if (!isJsonObject(root)) return parseCurrent(tree.value, { path: [], form: 'current', object: {} }, root, locate);
  // The command line accepts these keys in any case, a server's map only in lower case. Both are read here; other cases get a warning.
  if (Object.keys(root).some((key) => policyKindOf(key) !== null)) {
    return parseCurrent(tree.value, { path: [], form: 'current', object: root }, root, locate);
  }
  if (overflow !== null) {
    const message = typeError(`number ${overflow.literal}`, 'float64');
    return failed({ severity: 'error', code: 'policy/type', message, position: locate.index(overflow.at) });
  }
  const place = findPolicy(root, server);
  if (place === 'none') return failed(noPolicy(root, server, locate));
  if (place === 'not-an-object') {
    const message = `invalid guard policy for server '${server}': expected object`;
    return failed({ severity: 'error', code: 'policy/type', message, position: locate.value([server ?? '']) });
  }
  if (place.form === 'legacy') return parseLegacy(place, locate);
  return parseCurrent(buildGoJsonTree(encodeGoJson(place.object)), place, root, locate);
}

function parseCurrent(node: GoJsonNode, place: PolicyPlace, root: JsonValue, locate: Locator): Parsed<Policy | null> {
  const { policy, faults } = checkGuardPolicy(node);
  const problems = faults.map((fault): Problem => {
    const path = [...place.path, ...fault.path];
    const position = fault.kind === 'unsupported-field' ? locate.key(path) : locate.value(path);
    const hint = hintFor(fault, valueAt(root, path));
    return { severity: 'error', code: `policy/${fault.kind}`, message: fault.message, position, ...hint };
  });
  return { value: policy, problems: [...problems, ...advice(place, locate)] };
}

function parseLegacy(place: PolicyPlace, locate: Locator): Parsed<Policy | null> {
  const parsed = parseLegacyPolicy(place.object);
  const problems = advice(place, locate);
  if (parsed.ok) return { value: parsed.value, problems };
  const position = locate.value(place.path);
  const hint = 'Write {"allow-only": {"repos": …, "min-integrity": …}}';
  const problem: Problem = { severity: 'error', code: 'policy/value', message: parsed.error, hint, position };
  return { value: null, problems: [problem, ...problems] };
}

function advice(place: PolicyPlace, locate: Locator): readonly Problem[] {
  const spelling = takenForServer(place);
  return [...(spelling === null ? [] : [spelling]), ...adviceFor(place)].map(({ code, message, hint, path, at }) => {
    const full = [...place.path, ...path];
    return { severity: 'warning', code, message, hint, position: at === 'key' ? locate.key(full) : locate.value(full) };
  });
}

function noPolicy(root: JsonObject, server: string | null, locate: Locator): Problem {
  const keys = Object.keys(root);
  const holders = keys.filter((key) => isPlace(findPolicy({ [key]: root[key] ?? null }, key)));
  const listed = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');
  if (holders.length > 0) {
    const message = `The policies here are for the servers ${listed(holders)}${server === null ? '' : `, not for "${server}"`}`;
    return {
      severity: 'error',
      code: 'policy/which-server',
      message,
      hint: 'Choose the id of a server',
      position: locate.value([]),
    };
  }
  const misspelt = misspeltPolicyKey(root);
  const hint = misspelt === null ? 'Begin it with "allow-only" or "write-sink"' : `Did you mean "${misspelt.meant}"?`;
  const found = keys.length === 0 ? 'the object is empty' : `found ${listed(keys)}`;
  const message = `The gateway finds no policy here (${found}) and would run the server without a guard`;
  return { severity: 'warning', code: 'policy/none', message, hint, position: locate.key(misspelt?.path ?? []) };
}

function isPlace(found: FoundPolicy): found is PolicyPlace {
  return typeof found !== 'string';
}

function valueAt(root: JsonValue, path: readonly (string | number)[]): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const part of path) {
    if (typeof part === 'number') value = Array.isArray(value) ? (value as readonly JsonValue[])[part] : undefined;
    else value = isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }
  return value;
}

function failed(problem: Problem): Parsed<null> {
  return { value: null, problems: [problem] };
}
