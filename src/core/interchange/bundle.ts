/** Bundles for sharing: a capture redacted again, the policy, and the guard's identity in one JSON file. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import type { Parsed } from '../base/parsed.ts';
import type { Redactor } from '../redaction/redaction.ts';
import { textOf, withRedactedMark } from './foreignSession.ts';

const schema = 'guardscope-bundle/1';

/** Content of a bundle. */
export interface Bundle {
  /** Lines of a native capture. */
  readonly capture: string;
  /** Text of the policy; null without one. */
  readonly policy: string | null;
  /** The guard's hash, and its bytes if they are included. */
  readonly guard: { readonly name: string; readonly sha256: string; readonly base64: string | null } | null;
  readonly version: string;
}

/** Formats a bundle. All lines of the capture and the policy are redacted, even if they were redacted when they were recorded. */
export function writeBundle(bundle: Bundle, redactor: Redactor): { readonly text: string; readonly redacted: number } {
  let redacted = 0;
  const lines = bundle.capture.split('\n').map((line) => {
    const { text, count } = isJson(line) ? redactor.json(line) : redactor.text(line);
    redacted += count;
    return withRedactedMark(text, count);
  });
  const policy = bundle.policy === null ? null : redactor.text(bundle.policy);
  redacted += policy?.count ?? 0;
  const { guard, version } = bundle;
  const value = { schema, version, guard, policy: policy?.text ?? null, capture: lines };
  return { text: `${jsonText(value, 1)}\n`, redacted };
}

/** Whether a JSON value looks like a bundle of any version. */
export function isBundle(root: JsonValue): root is JsonObject {
  return isJsonObject(root) && typeof root['schema'] === 'string' && root['schema'].startsWith('guardscope-bundle/');
}

/** Reads a bundle from a value that satisfies `isBundle`. */
export function readBundle(root: JsonObject): Parsed<Bundle | null> {
  const { capture, policy, guard, version } = root;
  const refuse = (message: string, hint: string): Parsed<null> => ({
    value: null,
    problems: [{ severity: 'error', code: 'import/bad-bundle', message, hint }],
  });
  if (root['schema'] !== schema)
    return refuse(
      `The bundle is of schema "${textOf(root['schema'])}"; this version reads "${schema}"`,
      'Update Guardscope',
    );
  if (!Array.isArray(capture) || !capture.every((line) => typeof line === 'string'))
    return refuse('$.capture is not a list of lines', 'The file is damaged; get the bundle again from its author');
  const known = isJsonObject(guard) && typeof guard['sha256'] === 'string' ? guard : null;
  return {
    value: {
      capture: capture.join('\n'),
      policy: typeof policy === 'string' ? policy : null,
      guard:
        known === null
          ? null
          : {
              name: textOf(known['name']),
              sha256: textOf(known['sha256']),
              base64: typeof known['base64'] === 'string' ? known['base64'] : null,
            },
      version: textOf(version),
    },
    problems: [],
  };
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
