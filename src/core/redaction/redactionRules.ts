/** What counts as a secret in an MCP session, as data: shapes that secrets have, and keys whose values are secrets. */

/** A shape of a secret inside a text. */
export interface ShapeRule {
  /** Stands in the token that replaces the secret, and in the header of the capture. */
  readonly name: string;
  /**
   * What every text with this secret has, and most texts have not: `run` is a long run of letters, digits and `_.~+/=-` (`longRun`),
   * anything else stands in it as it is.
   */
  readonly needs: 'run' | '=' | ':' | '://' | ' ' | '--' | '-----';
  /** Cheap test that every text with this secret passes; the pattern is only tried where it does. */
  readonly hint: RegExp;
  /** Finds the secret: the whole match, or the second group where something before it must stay (the first). Linear in the text. */
  readonly pattern: RegExp;
}

/**
 * In the order in which they are applied, each to what the former left. None matches a bare hexadecimal text, so that commit SHAs and
 * other ids stay; a secret without a shape of its own is found by its key, its header or its parameter.
 */
export const shapeRules: readonly ShapeRule[] = [
  {
    name: 'private-key',
    needs: '-----',
    hint: /PRIVATE KEY(?: BLOCK)?-----/,
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----)[^]){0,20000}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g,
  },
  {
    name: 'github-token',
    needs: 'run',
    hint: /gh[pousr]_|github_pat_/,
    pattern: /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{22,255})/g,
  },
  {
    name: 'gitlab-token',
    needs: 'run',
    hint: /gl(?:pat|ptt|dt|rt|cbt|soat)-/,
    pattern: /(?<!\w)gl(?:pat|ptt|dt|rt|cbt|soat)-[\w-]{20,255}/g,
  },
  { name: 'anthropic-key', needs: 'run', hint: /sk-ant-/, pattern: /(?<![\w-])sk-ant-[\w-]{16,255}/g },
  {
    name: 'openai-key',
    needs: 'run',
    hint: /sk-/,
    // At least one digit: a long word with dashes may begin with "sk-", too.
    pattern: /(?<![\w-])sk-(?=[A-Za-z_-]{0,200}\d)[\w-]{20,255}/g,
  },
  {
    name: 'aws-access-key',
    needs: 'run',
    hint: /A(?:KIA|SIA|BIA|CCA)[A-Z2-7]/,
    pattern: /(?<![A-Za-z0-9])A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Za-z0-9])/g,
  },
  {
    name: 'slack-token',
    needs: 'run',
    hint: /xox[a-z]-|xapp-/,
    pattern: /(?<![\w-])(?:xox[abceoprs]|xapp)-[A-Za-z0-9-]{11,255}/g,
  },
  {
    name: 'slack-webhook',
    needs: 'run',
    hint: /hooks\.slack\.com/,
    pattern: /(hooks\.slack\.com\/(?:services|workflows|triggers)\/)([\w/]{16,255})/g,
  },
  {
    name: 'google-key',
    needs: 'run',
    hint: /AIza|ya29\.|GOCSPX-/,
    pattern: /(?<![\w-])(?:AIza[\w-]{35}|ya29\.[\w-]{20,1000}|GOCSPX-[\w-]{20,100})/g,
  },
  {
    name: 'stripe-key',
    needs: 'run',
    hint: /[sr]k_(?:live|test)_/,
    pattern: /(?<!\w)[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}/g,
  },
  {
    name: 'registry-token',
    needs: 'run',
    hint: /npm_|pypi-|hf_|dop_v1_|SG\./,
    pattern:
      /(?<![\w-])(?:npm_[A-Za-z0-9]{36}|pypi-[\w-]{50,500}|hf_[A-Za-z0-9]{30,100}|dop_v1_[a-f0-9]{64}|SG\.[\w-]{16,64}\.[\w-]{16,64})(?!\w)/g,
  },
  { name: 'jwt', needs: 'run', hint: /\.eyJ/, pattern: /(?<![\w-])eyJ[\w-]{8,8000}\.eyJ[\w-]{8,8000}\.[\w-]{0,8000}/g },
  {
    name: 'bearer-token',
    needs: ' ',
    hint: /bearer\s/i,
    // Words of prose have no digit: "bearer authentication".
    pattern: /(\bbearer\s{1,4})(?=[A-Za-z._~+/-]{0,200}\d)([\w.~+/-]{8,8000}={0,2})/gi,
  },
  {
    name: 'authorization',
    needs: 'run',
    hint: /authorization|x-api-key|x-auth-token/i,
    pattern:
      /(\b(?:authorization|x-api-key|x-auth-token)["']?\s{0,4}:\s{0,4}["']?(?:(?:basic|bearer|token|digest|apikey)\s{1,4})?)([\w.~+/-]{16,8000}={0,2})/gi,
  },
  {
    name: 'url-password',
    needs: '://',
    hint: /:\/\/[^\s/]{0,400}@/,
    // A token may stand for the name, and a password may hold an @ that should have been escaped.
    pattern: /(:\/\/[^\s/:@"'<>«]{0,200}:)([^\s/@"'<>]{1,400}(?:@[^\s/@?#,;"'<>]{1,400}){0,8})(?=@)/g,
  },
  {
    name: 'cookie',
    needs: '=',
    hint: /cookie\s{0,4}:/i,
    pattern: /(\b(?:set-)?cookie\s{0,4}:\s{0,4})([\w.!#$%&'*+^`|~-]{1,100}=[^\r\n"]{1,8000})/gi,
  },
  {
    name: 'url-parameter',
    needs: '=',
    hint: /[?&#;][\w.-]{0,40}(?:token|key|secret|password|sig|signature|credential)=/i,
    pattern:
      /([?&#;](?:access_token|refresh_token|id_token|auth_token|token|private_token|api_?key|key|client_secret|secret|password|sig|signature|account_?key|shared_?access_?key|x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential))=)([^&#\s"'<>\\]{6,8000})/gi,
  },
  {
    name: 'flag',
    needs: '--',
    hint: /--[\w-]{0,60}(?:password|passwd|token|secret|api-?key)[= ]/i,
    // Behind a blank only what has a digit: usage texts and prose go on with words there.
    pattern:
      /((?<![\w-])--[a-z0-9-]{0,60}(?:password|passwd|token|secret|api-?key)(?:=["']?| {1,4}["']?(?=[^\s"'\d]{0,200}\d)))([^\s"'$<{-][^\s"']{3,8000})/gi,
  },
  {
    name: 'assignment',
    needs: '=',
    hint: /(?:token|secret|password|passwd|passphrase|api_?key|access_?key|secret_?key)\s{0,4}=\s{0,4}\\{0,3}["']/i,
    // As in programs and their settings: in any letters, but only in quotes. Without them it may be the name of a variable.
    pattern:
      /((?<![\w$-])(?:[a-z][\w.-]{0,60})?(?:(?<!(?:page|next|prev|sync|progress|cursor|continuation|resume)[_-]?)token|secret|password|passwd|passphrase|api_?key|access_?key|secret_?key)\s{0,4}=\s{0,4}\\{0,3}["'])([^\s"'$<{(\\][^\s"'\\]{5,8000})(?=\\{0,3}["'])/gi,
  },
  {
    name: 'setting',
    needs: ':',
    hint: /(?:token|secret|password|passwd|passphrase|api_?key|access_?key|secret_?key)["']? {0,4}: /i,
    // As in YAML: a line of its own, with one word that has a digit behind the colon. Types and prose have none.
    pattern:
      /(^[ \t]{0,200}(?:- {1,4})?["']?(?:[a-z][\w.-]{0,60})?(?:(?<!(?:page|next|prev|sync|progress|cursor|continuation|resume)[_-]?)token|secret|password|passwd|passphrase|api_?key|access_?key|secret_?key)["']? {0,4}: {1,4}["']?(?=[^\s"'\d]{0,200}\d))([^\s"'$<{([!*&|>,;#][^\s"',;(){}[\]]{5,8000})(?=["']?[ \t\r]{0,200}(?:#.{0,400})?$)/gim,
  },
  {
    name: 'environment',
    needs: '=',
    hint: /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|_KEY)["']?\s{0,4}[=:]|aws_secret_access_key|_authToken/,
    // As in `.env` files and shells: a name in capitals. `key: value` in prose and code stays.
    pattern:
      /((?<![\w$-])(?:[A-Z][A-Z0-9_]{0,60}(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY)|PASSWORD|TOKEN|SECRET|API_KEY|aws_secret_access_key|_authToken) {0,4}= {0,4}["']?)([^\s"'$<{(][^\s"']{5,8000})/g,
  },
];

/** Length of a run from which on a text may hold a secret with a shape; none of the patterns that need a run matches a shorter one. */
export const longRun = 16;

/** A key whose values are secrets. Keys are compared in lower case and without `-`, `_` and other marks. */
export interface KeyRule {
  /** Stands in the token, and in the header of the capture. */
  readonly name: string;
  /** The whole key. */
  readonly keys: readonly string[];
  /** Or how it ends: `githubtoken`, `dbpassword`. */
  readonly endings: readonly string[];
  /** What a value must look like; values that do not are ordinary ones. */
  readonly value: RegExp;
  /** Whether every text below the key is secret, however deep. */
  readonly deep: boolean;
}

export const keyRules: readonly KeyRule[] = [
  {
    name: 'password',
    keys: ['pwd', 'pass', 'pin', 'otp', 'passcode'],
    endings: ['password', 'passwords', 'passwd', 'passphrase'],
    value: /./s,
    deep: false,
  },
  { name: 'cookie', keys: ['cookie', 'cookies', 'setcookie'], endings: ['sessioncookie'], value: /./s, deep: true },
  { name: 'authorization', keys: [], endings: ['authorization'], value: /./s, deep: false },
  {
    name: 'api-key',
    keys: [],
    endings: ['apikey', 'apikeys', 'accesskey', 'privatekey', 'signingkey', 'encryptionkey', 'authkey', 'secretkey'],
    value: /^\S{6}|^-----BEGIN/,
    deep: false,
  },
  {
    name: 'secret',
    keys: ['credential', 'credentials', 'secrets', 'clientsecret'],
    endings: ['secret', 'connectionstring'],
    value: /^.{4}/s,
    deep: false,
  },
  {
    name: 'token',
    keys: ['jwt', 'bearer'],
    endings: ['token'],
    value: /^(?:(?:bearer|basic|token) +)?\S{8,}$/i,
    deep: false,
  },
];

/** Endings of keys that look like those of secrets and are none: places in lists, marks of requests, words of models. */
export const harmlessEndings: readonly string[] = [
  'progresstoken',
  'pagetoken',
  'nexttoken',
  'prevtoken',
  'previoustoken',
  'continuationtoken',
  'paginationtoken',
  'cursortoken',
  'synctoken',
  'deltatoken',
  'skiptoken',
  'resumetoken',
  'resumptiontoken',
  'startingtoken',
  'markertoken',
  'cancellationtoken',
  'idempotencytoken',
  'clienttoken',
  'maxtoken',
  'stoptoken',
  'eostoken',
  'bostoken',
  'padtoken',
  'unktoken',
];

/** Members of an object below a secret key that hold the secret itself. */
export const valueKeys: ReadonlySet<string> = new Set(['value', 'values', 'secret', 'plaintext', 'raw', 'data']);

/** Members that name what a `value` beside them is: `{"name":"Authorization","value":"…"}`. */
export const nameKeys: ReadonlySet<string> = new Set(['name', 'key', 'header', 'variable', 'field']);

/** Members that hold a JSON schema: their keys are names of parameters, and what stands below describes them. */
export const schemaKeys: ReadonlySet<string> = new Set([
  'inputSchema',
  'outputSchema',
  'requestedSchema',
  'definitions',
  '$defs',
]);

/** Values that show where a secret would stand. */
export const placeholder = /^(?:\*+|x+|<[^<>]*>|\$\{[^{}]*\}|\$\w+|\{\{[^{}]*\}\}|null|none|true|false|\.\.\.|…)$/i;

/** What may stand before a secret in the value of a header. */
export const authScheme = /^(?:bearer|basic|token|digest|apikey|negotiate) +/i;
