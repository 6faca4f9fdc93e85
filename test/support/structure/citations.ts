/** Citations of the two documents below `src/docs/spec` in comments, and the sections that those documents have. */
import { readFileSync } from 'node:fs';
import { type Comment, commentsOf } from './comments.ts';
import { repoPath } from '../paths.ts';

export type SpecName = 'gateway' | 'wazero';

export interface Citation {
  readonly file: string;
  readonly line: number;
  /** null if the citation does not name a document. */
  readonly spec: SpecName | null;
  readonly section: string;
  /** Numbers of list items in the section, as in `gateway spec 3.7, steps 2 to 4`. */
  readonly items: readonly string[];
}

/** The document and the number, or the number behind "gateway" and the backticked names of what is mirrored: (gateway `evaluate`, spec 3.2). */
const citation =
  /(?:\b(gateway|wazero) (?:`[^`]+`[^`.;]{0,40}?)*)?\bspec (\d+(?:\.\d+)*(?:(?:, and |, | and | to )\d+(?:\.\d+)+)*)(?:,? (?:steps?|items?|phase|checks?) (\d+(?:(?:, | and | to )\d+)*))?/g;

/** The citations of a file in order. */
export function citationsOf(file: string, text: string): readonly Citation[] {
  return commentsOf(text).flatMap((comment) =>
    [...comment.text.matchAll(citation)].flatMap(([, spec, sections = '', items = '']) =>
      (sections.match(/\d+(?:\.\d+)*/g) ?? []).map((section, index, all): Citation => {
        const own = index === all.length - 1 ? (items.match(/\d+/g) ?? []) : [];
        const known = spec === 'gateway' || spec === 'wazero' ? spec : null;
        return { file, line: lineOf(comment, section), spec: known, section, items: own };
      }),
    ),
  );
}

function lineOf({ lines, line }: Comment, section: string): number {
  const at = lines.findIndex((each) => each.includes(section));
  return line + Math.max(0, at);
}

export interface Spec {
  /** Section number → its text without that of its subsections. */
  readonly sections: ReadonlyMap<string, string>;
  readonly file: string;
}

export function readSpec(name: SpecName): Spec {
  const file = `src/docs/spec/${name}.md`;
  const parts = readFileSync(repoPath(file), 'utf8')
    .split(/^#{2,4} (?=\d)/m)
    .slice(1);
  const sections = new Map<string, string>();
  for (const part of parts) {
    const [, number] = /^(\d+(?:\.\d+)*)/.exec(part) ?? [];
    if (number !== undefined) sections.set(number, part);
  }
  return { sections, file };
}

/** Whether a section lists an item of this number: `4. …` or `- **4** …`. */
export function hasItem(section: string, item: string): boolean {
  return new RegExp(`^\\s*(?:${item}\\. |- \\*\\*${item}\\*\\*)`, 'm').test(section);
}
