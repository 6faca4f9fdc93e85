/** Corrections of a policy's text: what the hint of a problem says, as an edit. */
import { findNodeAtOffset, getNodeValue, type Node, parseTree } from 'jsonc-parser';

/** Replaces `length` UTF-16 units at `offset` by `text`. */
export interface PolicyFix {
  /** What it does, as the label of an action. */
  readonly title: string;
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** A word that a hint proposes, as JSON. */
const proposedWord = /^(?:Did you mean|Write) ("(?:[^"\\]|\\.)*")/;

/** A list that a hint proposes, as JSON. */
const proposedList = /^Write (?:a list|the list without quotes around it): (\[[^\]]*\])/;

/**
 * The correction that the hint of a problem names; null when it names none, or only an example. `offset`: where the problem is, in UTF-16 units
 * of the text.
 */
export function policyFix(text: string, offset: number, hint: string): PolicyFix | null {
  const root = treeOf(text);
  if (root === undefined) return null;
  if (hint.startsWith('The gateway reads plain JSON')) return withoutComments(text, root);
  const node = findNodeAtOffset(root, offset);
  if (node === undefined) return null;
  const proposal = (proposedWord.exec(hint) ?? proposedList.exec(hint))?.[1];
  if (proposal !== undefined) {
    return { title: `Replace by ${proposal}`, offset: node.offset, length: node.length, text: proposal };
  }
  const property = node.parent?.type === 'property' && node.parent.children?.[0] === node ? node.parent : undefined;
  if (hint.startsWith('Put the fields into'))
    return property?.parent === undefined ? null : wrapped(text, property.parent);
  if (!/^(?:Remove (?:it|"\*"|the empty entry)|Keep "|Trusted bots are not part of a policy)/.test(hint)) return null;
  return property !== undefined || node.parent?.type === 'array' ? removed(text, property ?? node) : null;
}

/** undefined when the text nests deeper than the stack of the recursive parser. */
function treeOf(text: string): Node | undefined {
  try {
    return parseTree(text, [], { allowTrailingComma: true });
  } catch {
    return undefined;
  }
}

/** The value without what the gateway does not read. */
function withoutComments(text: string, root: Node): PolicyFix {
  const plain = JSON.stringify(getNodeValue(root), null, 2);
  return { title: 'Remove comments and trailing commas', offset: 0, length: text.length, text: `${plain}\n` };
}

/** The older form of a policy as an allow-only object. */
function wrapped(text: string, { offset, length }: Node): PolicyFix {
  const inner = text.slice(offset, offset + length);
  return { title: 'Put the fields into "allow-only"', offset, length, text: `{ "allow-only": ${inner} }` };
}

/** Takes out a member or an entry, with the comma behind it, or the one before it when it is the last. */
function removed(text: string, node: Node): PolicyFix {
  const siblings = node.parent?.children ?? [];
  const at = siblings.indexOf(node);
  const [before, next] = [siblings[at - 1], siblings[at + 1]];
  const end = node.offset + node.length;
  const from = next === undefined && before !== undefined ? before.offset + before.length : node.offset;
  const to = next?.offset ?? end;
  return {
    title: `Remove ${text.slice(node.offset, end).replace(/\s+/g, ' ')}`,
    offset: from,
    length: to - from,
    text: '',
  };
}
