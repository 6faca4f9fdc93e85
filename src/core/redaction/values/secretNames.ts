/** Names of things that hold secrets, in several languages, as data. */

/**
 * What a key holds, which decides with the form of the value (`isSecretValue`):
 * - `password`: any text; `secret`: any word or number; `token`: what looks like one; `weak`: what looks random;
 * - `code`: digits of a PIN or a one-time code, or what looks like a code; `card`: the number of a card;
 * - `words`: the words of a recovery phrase; `cookie`; `authorization`: a scheme and credentials;
 * - `group`: an object or a list of secrets.
 */
export type KeyKind =
  | 'password'
  | 'secret'
  | 'token'
  | 'weak'
  | 'code'
  | 'card'
  | 'words'
  | 'cookie'
  | 'authorization'
  | 'group';

/** The rule of a key. */
export interface KeyRule {
  /** Name of the rule in the token, and with the prefix `key:` in the header of the capture. */
  readonly name: string;
  readonly kind: KeyKind;
  /** Whether also words with dashes are secrets. Without it they are the name of the secret, or a word that is in a token. */
  readonly slugs?: true;
}

const password: KeyRule = { name: 'password', kind: 'password' };
/** A map or a list of passwords, whose members need no further name. */
export const passwordList: KeyRule = { name: 'password', kind: 'password' };
const secret: KeyRule = { name: 'secret', kind: 'secret' };
const namedSecret: KeyRule = { ...secret, slugs: true };
const secretGroup: KeyRule = { name: 'secret', kind: 'group' };
const apiKey: KeyRule = { name: 'api-key', kind: 'secret', slugs: true };
const accessToken: KeyRule = { name: 'token', kind: 'secret' };
const token: KeyRule = { name: 'token', kind: 'token' };
const weak: KeyRule = { name: 'key', kind: 'weak' };
const signature: KeyRule = { name: 'signature', kind: 'weak' };
const session: KeyRule = { name: 'session', kind: 'weak' };
const pass: KeyRule = { name: 'password', kind: 'token' };
const code: KeyRule = { name: 'code', kind: 'code' };
const cardCode: KeyRule = { name: 'card-code', kind: 'code' };
const card: KeyRule = { name: 'card', kind: 'card' };
const words: KeyRule = { name: 'recovery-phrase', kind: 'words' };
const cookie: KeyRule = { name: 'cookie', kind: 'cookie' };
const authorization: KeyRule = { name: 'authorization', kind: 'authorization' };

/** The rules, for the header of a capture. */
export const keyRules: readonly KeyRule[] = [
  ...[password, secret, apiKey, token, weak, signature, session, code, cardCode, card, words, cookie, authorization],
];

/** The object of the tokens of a login. A list of tokens may be words of a text. */
export const tokenGroup: KeyRule = { name: 'token', kind: 'group' };

/** The last words of keys, in lower case and separated by spaces, by rule. Names in other languages are without accents. */
const tails: readonly (readonly [KeyRule, string])[] = [
  [
    password,
    `password, passwd, passphrase, basic auth, basicauth, userpwd, http auth, pass phrase, pass word, pwd, pw, pswd, psw, passw, pass wd, userpass, dbpass,
    sshpass, requirepass, pgpassword, rootpw, adminpw, authpass, psk, pre shared key, preshared key, presharedkey, wpa passphrase, wifi password,
    passwort, kennwort, losungswort, mot de passe, motdepasse, mdp, contrasena, contrasenya,
    contraseña, palabra clave, clave secreta, clave de acceso, senha, palavra passe, parola, parola d ordine, password utente,
    wachtwoord, losenord, passord, adgangskode, kodeord, salasana, parool, haslo, heslo, geslo, lozinka, zaporka, sifre, parole, jelszo,
    slaptazodis, fjalekalimi, pasahitza, sandi, kata sandi, mat khau, пароль, пароля, лозинка, парола, κωδικος προσβασης, συνθηματικο,
    סיסמה, סיסמא, كلمة المرور, كلمة السر, رمز عبور, गुप्तशब्द, รหัสผ่าน, 密码, 密碼, 口令, 暗証番号, パスワード, 비밀번호, 암호`,
  ],
  [secret, 'secret'],
  [
    namedSecret,
    `client secret, clientsecret, consumer secret, app secret, api secret, shared secret, webhook secret, signing secret, secret string,
    geheimnis, secreto, segredo, segreto, secret value, sas, connection string, connectionstring, conn str, connection uri with password,
    secret key base, salt key, encryption secret, jwt secret, totp secret, otp secret, mfa secret, totp seed, private jwk, hmac secret,
    sealed secret, secret access`,
  ],
  [passwordList, 'passwords, passphrases, passwds, contrasenas, senhas, mots de passe, passworter'],
  [
    secretGroup,
    'secrets, credential, credentials, creds, cred, zugangsdaten, identifiants, credenciales, credenziali, logins, auths',
  ],
  [
    apiKey,
    `api key, apikey, apikeys, api keys, secret key, secretkey, secret keys, access key, accesskey, access keys, private key, privatekey,
    private keys, private key id, private key data, signing key, signingkey, encryption key, encryptionkey, decryption key, auth key, authkey,
    authentication key, master key, hmac key, ssh key, ssh private key, account key, storage key, shared key, session key, webhook key,
    service key, service account key, consumer key, subscription key, server key, license key, licence key, deploy key, root key, admin key,
    jwt key, aes key, rsa key, crypto key, cipher key, symmetric key, functions key, function key, app key, application key, integration key,
    write key, read key, rest key, bot key, seal key, unseal key, recovery key, backup key, product key, activation key, serial key,
    secret access key, secretaccesskey, shared access key, sharedaccesskey, storage account key, key material, seed key, host key, tls key, ssl key, ca key, cert key, wallet key, privkey, priv key, secret api key, publishable secret, access secret,
    clave api, clave privada, clave de api, cle api, cle privee, cle secrete, chave api, chave privada, chave secreta, chiave api,
    chiave privata, schlussel, api schlussel, klucz api, ключ api, апи ключ, api 密钥, 密钥, 密鑰, 秘密鍵, api キー, apiキー, api 키, 비밀키, sharedaccesssignature,
    shared access signature, google api key, data key, keyfile contents, routing key, ingest key, ingestion key, insert key, provisioning key`,
  ],
  [
    accessToken,
    `access token, accesstoken, access tokens, auth token, authtoken, auth tokens, refresh token, refreshtoken, refresh tokens, id token,
    idtoken, bearer token, session token, sessiontoken, security token, securitytoken, bot token, api token, apitoken, api tokens,
    personal access token, private token, deploy token, oauth token, oauth access token, user token, app token, application token, service token,
    registration token, runner token, identity token, identitytoken, reset token, password reset token, verification token, invite token,
    csrf token, xsrf token, device token, push token, vault token, github token, gitlab token, slack token, npm token, gh token, hf token,
    job token, ci token, trigger token, webhook token, admin token, root token, client token secret, account token, login token, jwt token,
    sso token, magic token, impersonation token, delegation token, join token, agent token, service account token, secret token,
    bearer, jwt, jws, jwe, pat, assertion, client assertion, saml assertion, saml response, samlresponse, saml request, mcp session id,
    jeton, jeton d acces, zugangstoken, zugriffstoken, token de acceso, token de acesso, token di accesso, токен, 令牌, 访问令牌, トークン, 토큰,
    macaroon, ticket granting ticket, kerberos ticket, authorization code, auth code, authcode, device code, code verifier, nostr key`,
  ],
  [token, 'token, x token'],
  [pass, 'pass'],
  [
    signature,
    'sig, signature, auth, authentication, hmac, csrf, xsrf, csrfmiddlewaretoken, requestverificationtoken, authenticity token, ticket, x signature, webhook signature',
  ],
  [cardCode, 'cvv, cvc, cvv2, cvc2, csc, card code, card security code, card verification value, cvn'],
  [
    weak,
    `key, seed, salt, sharedsecret, nonce secret, keys, clave, chave, chiave, cle, klucz, ключ, kljuc, webhook url, webhook, dsn, hash key,
    mac key, client key, user key, license, licence, viewstate, cert password hash`,
  ],
  [
    session,
    'session, session id, sessionid, sid, sess, phpsessid, jsessionid, asp net session id, connect sid, code, state token',
  ],
  [
    code,
    `pin, pin code, pins, pincode, otp, totp, one time password, one time code, otp code, totp code, mfa code, 2fa code, tfa code, passcode,
    passcodes, access code, access codes, unlock code, security code, verification code, verify code, confirmation code,
    auth pin, sms code, login code, recovery code, recovery codes, backup code, backup codes, scratch code, scratch codes, backup phrase code,
    puk, tan, door code, alarm code, gate code, invite code, recoverycodes, backupcodes,
    bestatigungscode, code de verification, codigo de verificacion, codigo de seguridad, 验证码, 認証コード, 인증번호, emergency codes, kod weryfikacyjny`,
  ],
  [
    card,
    'card, card number, cardnumber, card no, cardno, credit card, creditcard, credit card number, debit card, cc, cc number, ccnumber, pan, kartennummer, numero de tarjeta',
  ],
  [
    words,
    `mnemonic, mnemonics, mnemonic phrase, seed phrase, seedphrase, seed words, recovery phrase, recovery words, secret phrase,
    secret recovery phrase, backup phrase, backup words, wallet phrase, wallet seed, bip 39, bip39, mnemonic words`,
  ],
  [cookie, 'cookie, cookies, set cookie, setcookie, set cookie2, session cookie, sessioncookie, auth cookie'],
  [
    authorization,
    'authorization, proxy authorization, authorisation, x authorization, http authorization, auth header, authorization header',
  ],
];

/** Keys of more words than their tail: `user_pass` is a password, `X-Custom-Key` a key of an interface. */
export const refinedRules: Readonly<Record<string, KeyRule>> = {
  pass: password,
  'x token': accessToken,
  'x key': apiKey,
};

/** The rule of a password that its object makes certain: `pass` beside `user`. */
export const certainPassword = password;

/** The rules by the last words of keys. */
export const keyTails: ReadonlyMap<string, KeyRule> = new Map(
  tails.flatMap(([rule, names]) =>
    names.split(',').map((name) => [name.trim().replaceAll(/\s+/g, ' '), rule] as const),
  ),
);

const listed = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Words at the end of a key that do not change what it holds: `PASSWORD_OLD`, `SecretString`, `token2`. */
export const qualifiers: ReadonlySet<string> = listed(
  `value values string binary plain plaintext raw b64 base64 hex pem old new current previous prod production dev development test
  testing staging live sandbox primary secondary confirm confirmation confirmed again repeat repeated verify retype encrypted enc hash hashed
  1 2 3 4 5 6 7 8 9 0 01 02 256 512 sha256 v1 v2 v4 env var arg main default text data content contents`,
);

/** Words before the last word with which a key holds something ordinary. */
export const ordinaryBefore: Readonly<Record<string, ReadonlySet<string>>> = {
  token: listed(
    `page next prev previous continuation pagination cursor sync delta skip resume resumption starting marker cancellation idempotency
    client public max min total stop eos bos pad unk mask sep cls special end start progress design search color theme css abort lexer parse current
    last first peek input output prompt completion per nextpage prevpage pagetoken operator keyword word request change watch poll nextsync iterator scroll`,
  ),
  key: listed(
    `public primary foreign sort partition cache object issue project parent translation i18n message lookup map group row column field record
    item index unique composite natural surrogate storagepath path file s3 blob bucket event query search config setting property hash range
    shard dict entry label string number numeric column feature flag metric tag series arrow enter return escape shift ctrl control alt meta
    cmd option tab space delete backspace hot shortcut access_ short modifier pressed down up any press on answer idempotency request routing_ dedupe dedup
    state data_ type name id menu page section node tree react list child content locale language sorting ordering order merge join`,
  ),
  keys: listed('public primary foreign sort partition cache object issue arrow allowed required map row'),
  pass: listed(
    'boarding low high band first second single multi two ski season day bus by render compiler all no free optimizer test',
  ),
  code: listed(
    `status error exit return http country postal zip area language currency source response reason product color state region airport
    machine byte op char key virtual qr bar discount coupon promo promotion event result country_ dial phone lang locale type`,
  ),
  session: listed('conference training live last current user'),
  state: listed(''),
  card: listed('score index flash business report id sim graphics video sound network memory wild'),
  cards: listed('score'),
  license: listed('spdx'),
  hash: listed('commit'),
  pin: listed('gpio map push'),
  pins: listed('gpio map'),
  otp: listed('erlang'),
  secret: listed('no open has is'),
  cookie: listed('has accept'),
};
