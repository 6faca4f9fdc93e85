/** Reads the value that a hint proposes, and puts it in the place of the problem. */
import { findNodeAtLocation, getLocation, type JSONPath, modify, applyEdits, parseTree } from 'jsonc-parser';
import type { JsonValue } from '../../src/core/base/json.ts';
import type { Problem } from '../../src/core/base/parsed.ts';

/** A change that a hint tells to make. */
export type Proposal = { readonly kind: 'write'; readonly value: JsonValue } | { readonly kind: 'remove' };

/** The change that a hint tells to make; null when it only explains. */
export function proposalOf(hint: string): Proposal | null {
  const [, list] = /^Write (?:a list|the list without quotes around it): (\[.*?\])(?:\.|$)/.exec(hint) ?? [];
  if (list !== undefined) return { kind: 'write', value: JSON.parse(list) as JsonValue };
  const [, word] = /^(?:Write|Did you mean) ("(?:[^"\\]|\\.)*")/.exec(hint) ?? [];
  if (word !== undefined) return { kind: 'write', value: JSON.parse(word) as JsonValue };
  return /^Remove (?:it|the empty entry|"\*")/.test(hint) ? { kind: 'remove' } : null;
}

/** The place of a problem in a JSON text. */
export interface Place {
  readonly path: JSONPath;
  readonly isKey: boolean;
  /** The key or value that is written there. */
  readonly written: JsonValue;
}

/** The place that a problem's position points at. */
export function placeOf(text: string, { position }: Problem): Place {
  const lines = text.split('\n').slice(0, (position?.line ?? 1) - 1);
  const offset = lines.join('\n').length + (lines.length > 0 ? 1 : 0) + (position?.column ?? 1) - 1;
  const { path, isAtPropertyKey } = getLocation(text, offset + 1);
  const root = parseTree(text);
  const node = root === undefined ? undefined : findNodeAtLocation(root, path);
  const outer = text[offset] === '{' || text[offset] === '[';
  if (outer && node !== undefined && node.offset !== offset)
    return { path: path.slice(0, -1), isKey: false, written: null };
  const value =
    node === undefined ? null : (JSON.parse(text.slice(node.offset, node.offset + node.length)) as JsonValue);
  return { path, isKey: isAtPropertyKey, written: isAtPropertyKey ? String(path.at(-1)) : value };
}

/** The text after the change. */
export function propose(text: string, { path, isKey }: Place, proposal: Proposal): string {
  const options = { formattingOptions: {} };
  if (proposal.kind === 'remove') return applyEdits(text, modify(text, path, undefined, options));
  if (!isKey) return applyEdits(text, modify(text, path, proposal.value, options));
  const root = parseTree(text);
  const key = root === undefined ? undefined : findNodeAtLocation(root, path)?.parent?.children?.[0];
  if (key === undefined) throw new Error(`there is no key at ${path.join('.')}`);
  return text.slice(0, key.offset) + JSON.stringify(proposal.value) + text.slice(key.offset + key.length);
}
