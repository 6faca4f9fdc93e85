/** Finds what of a source text is code: neither comment nor string, in Rust, C and AssemblyScript. */

/** Languages whose guards are recognised in source. */
export type SourceLanguage = 'rust' | 'assemblyscript' | 'c';

/** Where a comment or a string begins. Alternatives are tried in order; none of them can match for longer than the text is. */
const beginnings: Readonly<Record<SourceLanguage, RegExp>> = {
  // A lifetime is a quote and a name without a quote behind it.
  rust: /\/\/|\/\*|\bb?r#*"|"|'(?=\\|[^'\\]')/g,
  assemblyscript: /\/\/|\/\*|["'`]/g,
  c: /\/\/|\/\*|["']/g,
};

/** Whether each character is code, by its offset. The quotes of a string are code, its content is not. */
export function codeMask(text: string, language: SourceLanguage): Uint8Array {
  const mask = new Uint8Array(text.length).fill(1);
  const beginning = new RegExp(beginnings[language]);
  for (let found = beginning.exec(text); found !== null; found = beginning.exec(text)) {
    const [opening] = found;
    const isComment = opening.startsWith('/');
    const from = isComment ? found.index : found.index + opening.length;
    const end = endOf(text, found.index + opening.length, opening, language);
    mask.fill(0, from, end.content);
    if (isComment) mask.fill(0, from, end.next);
    beginning.lastIndex = end.next;
  }
  return mask;
}

/** Where the content of a comment or a string ends, and where code goes on. */
function endOf(
  text: string,
  from: number,
  opening: string,
  language: SourceLanguage,
): { readonly content: number; readonly next: number } {
  if (opening === '//') return to(text, from, '\n');
  if (opening === '/*') return language === 'rust' ? nestedComment(text, from) : to(text, from, '*/');
  if (opening.includes('r')) return to(text, from, `"${opening.slice(opening.indexOf('r') + 1, -1)}`);
  const quote = opening.slice(-1);
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === quote) return { content: at, next: at + 1 };
    // A string that is still being typed ends with its line, where the language has no longer ones.
    else if (character === '\n' && quote !== '`' && language !== 'rust') return { content: at, next: at };
  }
  return { content: text.length, next: text.length };
}

function to(text: string, from: number, closing: string): { readonly content: number; readonly next: number } {
  const at = text.indexOf(closing, from);
  return at < 0 ? { content: text.length, next: text.length } : { content: at, next: at + closing.length };
}

function nestedComment(text: string, from: number): { readonly content: number; readonly next: number } {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = from;
  let depth = 1;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return { content: found.index, next: mark.lastIndex };
  }
  return { content: text.length, next: text.length };
}
