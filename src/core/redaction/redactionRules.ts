/** Redaction rules as data: shapes of secrets, and keys whose values are secrets. */

/** A shape of a secret inside a text. */
export interface ShapeRule {
  /** Name of the rule in the token that replaces the secret, and in the header of the capture. */
  readonly name: string;
  /**
   * What every text with this secret contains, and most texts do not: `run` is a long run of letters, digits and `_.~+/=-` (`longRun`),
   * any other value is a literal string.
   */
  readonly needs: 'run' | '=' | ':' | '://' | ' ' | '--' | '-----';
  /** Cheap test that every text with this secret passes; the pattern is only applied if it does. */
  readonly hint: RegExp;
  /** Matches the secret: the whole match, or the second group if the first group is a prefix to preserve. Linear in the text. */
  readonly pattern: RegExp;
}

/**
 * The rules in the order in which they are applied, each to the output of the previous one. None matches a bare hexadecimal string, so
 * that commit SHAs and other ids stay. A secret without a shape is found by its key, header or parameter.
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
    // Requires a digit, because a long word with dashes may also begin with "sk-".
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
    // Requires a digit, to exclude prose such as "bearer authentication".
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
    // The user name may be a redaction token, and the password may contain an unescaped @.
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
    // After a space, the value must have a digit, because usage texts and prose continue with words.
    pattern:
      /((?<![\w-])--[a-z0-9-]{0,60}(?:password|passwd|token|secret|api-?key)(?:=["']?| {1,4}["']?(?=[^\s"'\d]{0,200}\d)))([^\s"'$<{-][^\s"']{3,8000})/gi,
  },
  {
    name: 'assignment',
    needs: '=',
    hint: /(?:token|secret|password|passwd|passphrase|api_?key|access_?key|secret_?key)\s{0,4}=\s{0,4}\\{0,3}["']/i,
    // As in programs and their settings: in any case, but only in quotes. Without quotes it may be the name of a variable.
    pattern:
      /((?<![\w$-])(?:[a-z][\w.-]{0,60})?(?:(?<!(?:page|next|prev|sync|progress|cursor|continuation|resume)[_-]?)token|secret|password|passwd|passphrase|api_?key|access_?key|secret_?key)\s{0,4}=\s{0,4}\\{0,3}["'])([^\s"'$<{(\\][^\s"'\\]{5,8000})(?=\\{0,3}["'])/gi,
  },
  {
    name: 'setting',
    needs: ':',
    hint: /(?:token|secret|password|passwd|passphrase|api_?key|access_?key|secret_?key)["']? {0,4}: /i,
    // As in YAML: a line of its own, with one word after the colon that has a digit, to exclude types and prose.
    pattern:
      /(^[ \t]{0,200}(?:- {1,4})?["']?(?:[a-z][\w.-]{0,60})?(?:(?<!(?:page|next|prev|sync|progress|cursor|continuation|resume)[_-]?)token|secret|password|passwd|passphrase|api_?key|access_?key|secret_?key)["']? {0,4}: {1,4}["']?(?=[^\s"'\d]{0,200}\d))([^\s"'$<{([!*&|>,;#][^\s"',;(){}[\]]{5,8000})(?=["']?[ \t\r]{0,200}(?:#.{0,400})?$)/gim,
  },
  {
    name: 'environment',
    needs: '=',
    hint: /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|_KEY)["']?\s{0,4}[=:]|aws_secret_access_key|_authToken/,
    // As in `.env` files and shells: a name in capitals. `key: value` in prose and code is not matched.
    pattern:
      /((?<![\w$-])(?:[A-Z][A-Z0-9_]{0,60}(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY)|PASSWORD|TOKEN|SECRET|API_KEY|aws_secret_access_key|_authToken) {0,4}= {0,4}["']?)([^\s"'$<{(][^\s"']{5,8000})/g,
  },
];

/** Minimum length of a run in a secret with a shape; no pattern that needs a run matches a shorter one. */
export const longRun = 16;

/** A key whose values are secrets. Keys are compared in lower case and without `-`, `_` and other marks. */
export interface KeyRule {
  /** Name of the rule in the token, and in the header of the capture. */
  readonly name: string;
  /** Complete keys. */
  readonly keys: readonly string[];
  /** Endings of keys, for `githubtoken` or `dbpassword`. */
  readonly endings: readonly string[];
  /** Pattern of secret values; other values are ordinary. */
  readonly value: RegExp;
  /** Whether every string below the key is secret, at any depth. */
  readonly deep: boolean;
}

/** All key rules; the first that matches a key applies. */
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

/** Endings of keys that look like secrets but are not: page cursors, request tokens, model vocabulary. */
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

/** Members of an object below a secret key that contain the secret itself. */
export const valueKeys: ReadonlySet<string> = new Set(['value', 'values', 'secret', 'plaintext', 'raw', 'data']);

/** Members that name the `value` in the same object: `{"name":"Authorization","value":"…"}`. */
export const nameKeys: ReadonlySet<string> = new Set(['name', 'key', 'header', 'variable', 'field']);

/** Members that contain a JSON schema, in which keys are parameter names and the values describe them. */
export const schemaKeys: ReadonlySet<string> = new Set([
  'inputSchema',
  'outputSchema',
  'requestedSchema',
  'definitions',
  '$defs',
]);

/** Placeholders for a secret. */
export const placeholder = /^(?:\*+|x+|<[^<>]*>|\$\{[^{}]*\}|\$\w+|\{\{[^{}]*\}\}|null|none|true|false|\.\.\.|…)$/i;

/** Authentication scheme before the secret in the value of a header. */
export const authScheme = /^(?:bearer|basic|token|digest|apikey|negotiate) +/i;
