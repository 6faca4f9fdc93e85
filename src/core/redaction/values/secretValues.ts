/** Grades a value by its form: what is no secret in any place, words, slugs and numbers, and what looks like a secret. */
import { markStart } from './hits.ts';
import { wordShare } from './ordinaryWords.ts';

/**
 * Form of a value:
 * - `none`: empty, a placeholder, a state such as "required", a path, an address, a date, an expression;
 * - `prose`: a sentence; `phrase`: several words that are not one;
 * - `word`, `slug` (words with marks or a number), `digits`;
 * - `mixed`: letters with digits or marks inside; `random`: long, and hardly any word in it;
 * - `digest`: hexadecimal or a UUID, the form of many ids.
 */
export type Grade = 'none' | 'prose' | 'phrase' | 'word' | 'slug' | 'digits' | 'mixed' | 'random' | 'digest';

/** Returns the form of a value. */
export function gradeOf(whole: string): Grade {
  const value = whole.length > examinedLength ? whole.slice(0, examinedLength) : whole;
  const { length } = value;
  if (length === 0 || value.includes(markStart) || isNone(value)) return 'none';
  if (/\s/.test(value)) return gradeOfWords(value);
  if (/^\d+$/.test(value)) return 'digits';
  if (version.test(value)) return 'none';
  if (/^\p{L}{1,3}$/u.test(value)) return 'word';
  if (/^[\d.,:+%/_-]+[a-z%]{0,3}$/i.test(value) && !/\d[a-z]+$/i.test(value)) return length > 15 ? 'mixed' : 'none';
  if (/^(?:0x)?(?:[0-9a-f]{16,}|[0-9A-F]{16,})$/.test(value) && /\d/.test(value)) return 'digest';
  if (uuid.test(value)) return 'digest';
  if (isFileOrAddress(value)) return 'none';
  const share = wordShare(value);
  if (share >= 0.6 && !unusualMarks.test(value)) {
    if (/^\p{L}+$/u.test(value)) return share === 1 && isOneWord(value) ? 'word' : 'slug';
    return isExample(value) ? 'none' : 'slug';
  }
  if (isExample(value)) return 'none';
  return length >= 16 && share < 0.5 && /^[\w.~+/=:%|@!$*^-]+$/.test(value) ? 'random' : 'mixed';
}

/** Characters of a long value that decide. */
const examinedLength = 600;

/** Whether characters stand for a secret in a document: a single character over and over, or words such as "example". */
export function isExample(value: string): boolean {
  return exampleWords.test(value) || /^([\w*.•#?-])\1*$|^(\w\w)\2+$|([a-z\d])\3{9}/s.test(value);
}

/** Whether a reference to a variable takes the place of a value in a text, as in a shell; in JSON only names in capitals are references. */
export function isReference(value: string, inText: boolean): boolean {
  return inText ? /^\$(?:\d|[A-Za-z_][\w:.]*)$/.test(value) : /^\$[A-Z_][A-Z0-9_]*$/.test(value);
}

function isOneWord(value: string): boolean {
  return /^\p{Lu}?\p{Ll}+$|^[^a-zA-Z]+$/u.test(value);
}

function gradeOfWords(value: string): Grade {
  const words = value.trim().split(/\s+/).slice(0, 60);
  if (words.length === 1) return gradeOf(words[0] ?? '');
  let common = 0;
  for (const word of words) {
    const plain = word.toLowerCase().replace(/^[("'«]+|[)"'»:;.,!?]+$/g, '');
    if (commonWords.has(plain)) common++;
    else if (plain.length >= 6 && isSecretForm(gradeOf(word.replace(/[.,;:!?)]+$/, '')))) return 'mixed';
  }
  if (common * 4 > words.length || /^\d+ \w/.test(value)) return 'prose';
  return words.some((word) => /\d/.test(word) && /[a-z]/i.test(word)) ? 'mixed' : 'phrase';
}

/** Whether a form is that of a secret in any place after a key. */
export function isSecretForm(grade: Grade): boolean {
  return grade === 'mixed' || grade === 'random' || grade === 'digest';
}

function isNone(value: string): boolean {
  const call = /^[A-Za-z_$][\w.$:]*(?=[[(])/.exec(value)?.[0];
  if (call !== undefined && wordShare(call) >= 0.5) return true;
  return placeholder.test(value) || states.has(value.toLowerCase()) || date.test(value) || mail.test(value);
}

function isFileOrAddress(value: string): boolean {
  if (/^[a-z][a-z\d+.-]{1,20}:\/\//i.test(value) || /^(?:arn|urn|data|file|mailto|spiffe):/i.test(value)) return true;
  if (/^(?:~|\.{1,2})?\/[^=]*$/.test(value))
    return value.split('/').length > 2 && (wordShare(value) >= 0.4 || value.length < 24);
  if (/^[A-Za-z]:\\|^%[A-Za-z_]+%/.test(value)) return true;
  return (
    /^[\w./@ -]+\.(?:pem|key|crt|cer|p12|pfx|jks|json|ya?ml|toml|env|txt|conf|cfg|ini|xml|md|html?|[jt]sx?|go|py|rs|java|rb|php|sh|css|sql|log|pub|asc|gpg|gz|zip|com|org|net|io|dev)$/i.test(
      value,
    ) && wordShare(value) >= 0.4
  );
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const version = /^[~^<>=v]{0,2}\d+(?:\.(?:\d+|x|\*)){1,3}(?:-[a-z]+[.\d]*)?$/;
const date = /^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?$/;
const mail = /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/;
const unusualMarks = /[^\p{L}\p{M}\d\-_./:,+#@ ()'[\]|<>*]/u;

/** References, templates, and marks that stand for a secret. */
const placeholder =
  /^(?:\*+|x+|\.+|…|•+|-+|_+|\?+|#+|~+|<[^<>]*>|\$\{[^{}]*\}\}?|\$\{\{.*|\$\([^)]*\)?|\$env:\w+|\{\{.*|\{%.*|<%.*|\{[\w.]*\}|#\{.*\}|%\w+%|%[sdvq]|%\(\w+\)s|\[[A-Za-z _-]+\]|__\w+__|!\w+|&\w+|\*\w+|#[0-9a-f]{3,8}|<\|.*\|>|\[redacted\]|sha(?:1|256|384|512)[-:][\w+/=]+|\(\)|\[\]|\{\}|\[redacted\].*|\[[^\]]+\]\(.*|op:\/\/.*|[:@]\w+)$/i;

const exampleWords =
  /EXAMPLE|example|x{5}|X{5}|\*{4}|\.{3}|…|0{12}|(?:^|[^a-z])(?:your|insert|replace|enter|dummy|placeholder|sample|change[-_ ]?(?:me|it))(?:[^a-z]|$)|changeme|placeholder|[-_]here$|<[^>]*>|\$\{/i;

const listed = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Values that describe the state or the type of a secret. */
const states = listed(
  `required optional missing invalid expired unknown hidden masked redacted empty unset set default valid revoked rotated active inactive
  null none nil undefined nan void never any auto manual true false yes no on off enabled disabled allow deny allowed denied
  read write admin readonly owner user guest public private internal external global local shared inherit
  string str text number int integer float bool boolean bytes object array list map json binary char varchar buffer unknown secretstr option
  error errors warn warning info debug success failed ok done pending
  basic bearer digest oauth oauth2 oidc jwt saml ldap apikey api-key api_key cookie header query session anonymous same-origin include omit
  todo tbd n/a na test testing demo dummy foo bar baz changeme change-me example sample placeholder value plain plaintext prompt
  daily weekly monthly yearly always once low medium high weak strong simple password passwd passphrase secret token key code pass pwd`,
);

/** Words that occur in sentences about secrets. */
const commonWords = listed(
  `a an the this that these those your you my our his her its it is are was were be been being must should shall will would can could may might
  not no nor or and but if then than when while because as at by for from in into of off on onto out over to up with without within until
  do does did done has have had need needs needed use used using see please enter choose provide provided required requires invalid missing
  wrong least most characters character digits letters chars minutes too short long new old same different again only one two each every all
  any some more less there here what which who how why after before der die das ein eine ist sind nicht und oder mit ohne zu le la les un une
  est et ou pas pour avec sans el los las es son y o para con sin per il`,
);
