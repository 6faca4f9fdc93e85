/** Rule `lint/path-of-raw-result`: a path that starts at the MCP result, although paths apply to the JSON in its text. */
import type { Problem } from '../../base/parsed.ts';
import { type Answer, answerWarning } from '../answer.ts';
import { listedPaths } from './listedPaths.ts';
import { type PathFacts, withPrefix } from './pathFacts.ts';

/** Whether a path starts at the MCP result, or at a JSON-RPC answer around it, while paths apply to the JSON in the text. */
export function isRawPath(path: string, { isUnwrapped }: Pick<PathFacts, 'isUnwrapped'>): boolean {
  return isUnwrapped && rawStart.test(path);
}

const rawStart = /^\/?(?:(?:tool_)?result\/)?(?:content\/\d+(?:\/text)?|structuredContent)(?:\/|$)/;

/** The rest of a path behind the text of the MCP result; empty when nothing follows. */
export function withoutRawStart(path: string): string {
  const rest = path.replace(rawStart, '');
  return rest === '' ? '' : `/${rest}`;
}

export function pathsOfRawResult(answer: Answer, facts: PathFacts): readonly Problem[] {
  const raw = facts.entries.filter(({ path }) => isRawPath(path, facts));
  const first = raw[0];
  if (first === undefined) return [];
  const rest = withoutRawStart(first.path);
  const meant = rest === '' ? null : withPrefix(facts.itemsPath, rest);
  const finding = {
    code: 'lint/path-of-raw-result',
    message: `${listedPaths(raw)} in labeled_paths ${raw.length === 1 ? 'starts' : 'start'} at the MCP result, but the gateway applies paths to the JSON in its text`,
    hint: `Leave out the part up to the text${meant === null ? '' : `: write ${JSON.stringify(meant)}`}`,
  };
  if (meant === null) return [answerWarning(answer, finding, first.path)];
  return [answerWarning(answer, { ...finding, fix: first.fixedBy(meant) }, first.path)];
}
