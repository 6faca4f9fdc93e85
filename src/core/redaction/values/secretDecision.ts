/** Decides by the rule of a key, the form of a value, and the place of both, whether the value is a secret. */
import { isCardNumber } from './cards.ts';
import { findKeyRule } from './secretKeys.ts';
import type { KeyRule } from './secretNames.ts';
import { type Grade, gradeOf, isReference, isSecretForm } from './secretValues.ts';

/**
 * Where a value stands:
 * - `json`: the string of a member; `list`: an item or a member below a secret key;
 * - `quoted`: in quotes after a key, in code or settings; `env`: after a name in capitals and `=`; `form`: in a query or after `--flag=`;
 * - `bare`: after `=` in other texts; `line`: the rest of a line after `key:`; `inline`: inside of a line; `flag`: the next argument.
 */
export type Place = 'json' | 'list' | 'quoted' | 'env' | 'form' | 'bare' | 'line' | 'inline' | 'flag';

/** Whether the text is a secret. */
export function isSecretValue(rule: KeyRule, value: string, place: Place): boolean {
  if (value.length > 100_000)
    return isSecretForm(gradeOf(value.slice(0, 1000))) || /PRIVATE KEY/.test(value.slice(0, 200));
  if (isReference(value, place !== 'json' && place !== 'list')) return false;
  if ((place === 'bare' || place === 'inline' || place === 'line') && value.startsWith('(')) return false;
  const { length } = value;
  switch (rule.kind) {
    case 'password':
      return isPassword(value, gradeOf(value), place);
    case 'secret':
      return length >= 3 && isNamedSecret(rule, value, gradeOf(value), place);
    case 'token':
      return length >= (place === 'env' ? 5 : 6) && isToken(gradeOf(value), place);
    case 'group':
      return length >= 6 && isSecretForm(gradeOf(value));
    case 'weak':
      return length >= 16 && isWeaklyNamed(rule, gradeOf(value), value);
    case 'code':
      return isCode(rule, value);
    case 'card':
      return isCardNumber(value);
    case 'words':
      return isRecoveryPhrase(value) || (place !== 'list' && length >= 16 && isSecretForm(gradeOf(value)));
    case 'cookie':
      return /^[\w.!#$%&'*+^`|~-]{1,100}=[^=\s]/.test(value) || isSecretForm(gradeOf(value));
    case 'authorization':
      return length >= 4 && isAuthorization(value, place);
  }
}

/** Whether a number under the key is a secret. Small numbers are counts or sizes, negative ones are already replaced. */
export function isSecretNumber(rule: KeyRule, digits: string): boolean {
  if (!/^\d+$/.test(digits)) return false;
  const { length } = digits;
  switch (rule.kind) {
    case 'password':
    case 'secret':
      return length >= 4;
    case 'code':
      return isCode(rule, digits);
    case 'card':
      return isCardNumber(digits);
    default:
      return false;
  }
}

function isPassword(value: string, grade: Grade, place: Place): boolean {
  switch (grade) {
    case 'none':
    case 'prose':
      return place === 'env' && grade === 'prose';
    case 'digits':
      return value.length >= 4;
    case 'phrase':
      return place !== 'inline' && place !== 'bare' && place !== 'list' && !isKeyName(value);
    case 'word':
    case 'slug':
      if (place === 'list' || ((place === 'inline' || place === 'bare') && !/\d/.test(value))) return false;
      return value.length >= 2 && !isKeyName(value);
    default:
      return true;
  }
}

/** Whether a value is the name of a secret itself, as in the labels of a form. Short names are also passwords. */
function isKeyName(value: string): boolean {
  return value.length >= 5 && findKeyRule(value) !== null;
}

function isNamedSecret({ slugs }: KeyRule, value: string, grade: Grade, place: Place): boolean {
  switch (grade) {
    case 'none':
    case 'prose':
    case 'phrase':
      return false;
    case 'digits':
      return value.length >= 6 && place !== 'inline' && place !== 'list';
    case 'word':
      return (isStated(place) || place === 'env') && !isKeyName(value);
    case 'slug':
      return (place === 'env' || (isStated(place) && slugs === true)) && !isKeyName(value);
    default:
      return value.length >= 4;
  }
}

/** Whether a value is stated as such, and not a type or the name of a variable. */
function isStated(place: Place): boolean {
  return place === 'json' || place === 'quoted' || place === 'form';
}

function isToken(grade: Grade, place: Place): boolean {
  return isSecretForm(grade) || (place === 'env' && (grade === 'word' || grade === 'slug'));
}

/** Hexadecimal values of weak keys are ids or digests, except signatures and sessions. */
function isWeaklyNamed({ name }: KeyRule, grade: Grade, value: string): boolean {
  return grade === 'random' || (grade === 'digest' && name !== 'key' && !value.includes('-'));
}

function isCode({ name }: KeyRule, value: string): boolean {
  if (/^\d+$/.test(value)) return value.length >= (name === 'card-code' ? 3 : 4) && value.length <= 12;
  return (
    /^[A-Za-z\d]{3,12}(?:[- ][A-Za-z\d]{3,12}){0,7}$/.test(value) && value.length >= 6 && gradeOf(value) === 'mixed'
  );
}

/** Twelve to twenty-five short words in small letters, as of BIP 39. */
function isRecoveryPhrase(value: string): boolean {
  if (value.length > 400) return false;
  const words = value.trim().split(/[\s,]+/);
  return words.length >= 12 && words.length <= 25 && words.every((word) => /^\p{L}{3,10}$/u.test(word));
}

function isAuthorization(value: string, place: Place): boolean {
  const scheme = authScheme.exec(value)?.[0];
  if (scheme === undefined) {
    const grade = gradeOf(value);
    return isSecretForm(grade) || ((place === 'json' || place === 'quoted') && grade === 'word');
  }
  const credentials = value.slice(scheme.length);
  if (isReference(credentials.replace(/["'].*/, ''), true)) return false;
  if (/[=,]/.test(credentials) && /\w="?\w/.test(credentials)) return true;
  const grade = gradeOf(credentials);
  return grade !== 'none' && grade !== 'prose' && grade !== 'phrase' && !isKeyName(credentials);
}

/** Authentication scheme before the credentials in the value of a header. */
export const authScheme =
  /^(?:bearer|basic|token|digest|api-?key|negotiate|ntlm|oauth|dpop|hawk|mac|signature|sharedkey(?:lite)?|sharedaccesssignature|aws4-hmac-sha256|aws|ssws|bot|jwt|key|geniekey|splunk|vapid|scram-sha-\d+|hmac|hmac-sha\d+|klaviyo-api-key|zoho-oauthtoken|pveapitoken|sso-key|client-id|discogs|deepgram|access_token|user|cwt|gnap|concealed|privatetoken) +/i;
