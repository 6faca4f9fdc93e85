/** Redaction of messages by the tap: what is redacted, what is not, and that all other bytes are preserved. */
import { array, assert, constantFrom, dictionary, jsonValue, oneof, property, string, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { redactionNames, Redactor } from '../../../src/core/redaction/redaction.ts';
import { findKeyRule } from '../../../src/core/redaction/values/secretKeys.ts';
import { expectLinear } from '../../support/growth.ts';
import { proves } from '../../support/proves.ts';

/** Test hash that reveals the secret, unlike a real hash. */
const redactor = (): Redactor => new Redactor((secret) => `${secret.length}x${secret.slice(0, 2)}`);

const json = (value: JsonValue): JsonValue => JSON.parse(redactor().json(JSON.stringify(value)).text) as JsonValue;

const hex = (length: number): string => '0123456789abcdef'.repeat(20).slice(0, length);
const mixed = (length: number): string => 'a1B2c3D4e5F6g7H8'.repeat(20).slice(0, length);
const capitals = (length: number): string => 'ABCD2345EFGH67'.repeat(20).slice(0, length);
const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${mixed(43)}`;
const pem = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${mixed(64)}\n-----END RSA PRIVATE KEY-----`;

describe('shapes', () => {
  it.each<readonly [string, string, string?, string?]>([
    ['github-token', `ghp_${mixed(36)}`],
    ['github-token', `ghs_${mixed(36)}`],
    ['github-token', `github_pat_${mixed(22)}_${mixed(59)}`],
    ['gitlab-token', `glpat-${mixed(20)}`],
    ['anthropic-key', `sk-ant-api03-${mixed(80)}`],
    ['openai-key', `sk-proj-${mixed(60)}`],
    ['openai-key', `sk-${mixed(48)}`],
    ['aws-access-key', `AKIA${capitals(16)}`],
    ['aws-access-key', `ASIA${capitals(16)}`],
    ['slack-token', `xoxb-${'1234567890-'.repeat(2)}${mixed(24)}`],
    ['webhook', `T000/B000/${mixed(24)}`, 'https://hooks.slack.com/services/'],
    ['google-key', `AIza${mixed(35)}`],
    ['google-token', `ya29.${mixed(60)}`],
    ['stripe-key', `sk_live_${mixed(24)}`],
    ['npm-token', `npm_${mixed(36)}`],
    ['huggingface-token', `hf_${mixed(34)}`],
    ['jwt', jwt],
    ['private-key', pem],
    ['private-key', pem.replaceAll('RSA PRIVATE KEY', 'PGP PRIVATE KEY BLOCK')],
    ['bearer-token', mixed(30), 'Bearer '],
    ['bearer-token', `${hex(64)}==`, 'bearer  '],
    ['authorization', 'dXNlcjpwYXNzd29yZA==', 'Authorization: Basic '],
    ['api-key', hex(40), 'X-Api-Key: '],
    ['authorization', 'letters-and-no-digit', 'Authorization: Bearer '],
    ['cookie', 'sid=abc; theme=dark', 'Set-Cookie: '],
    ['url-password', 'hunter2', 'postgres://app:'],
    ['url-password', 'hun@ter@2', 'postgres://app:'],
    ['api-key', `${mixed(40)}==`, 'AccountName=a;AccountKey='],
    ['token', hex(40), 'https://x.test/?a=1&access_token='],
    ['signature', mixed(40), 'https://x.test/f?X-Amz-Signature='],
    ['api-key', mixed(12), 'run --api-key='],
    ['password', 'hunter2', 'mysql --user app --password '],
    ['password', 'hunter2', '\ndb:\n  password: ', ' # the new one\r\nport: 8080'],
    ['token', mixed(20), '\r\n- GITHUB_TOKEN: "', '" # the new one'],
    ['password', 'correct-horse', 'export DB_PASSWORD='],
    ['password', 'hunter2', 'spring.datasource.password = "', '";'],
    ['token', mixed(20), "const accessToken='", "';"],
    ['api-key', mixed(40), 'aws_secret_access_key = '],
  ])('the rule %s redacts %s', (name = '', secret = '', before = '', after = '') => {
    const suffix =
      after !== ''
        ? after
        : name === 'url-password'
          ? '@db.test/app'
          : name === 'cookie'
            ? '\r\nDate: today'
            : ' and more';
    const { text, count } = redactor().text(`see ${before}${secret}${suffix}`);
    expect(text).toBe(`see ${before}«redacted:${name}:${secret.length}x${secret.slice(0, 2)}»${suffix}`);
    expect(count).toBe(1);
  });

  it('preserves a redaction token in place of the user name of an address', () => {
    const { text, count } = redactor().text(`https://ghp_${mixed(36)}@github.com/o/r.git`);
    expect(text).toBe('https://«redacted:github-token:40xgh»@github.com/o/r.git');
    expect(count).toBe(1);
  });

  it('names each rule once in the header of a capture', () => {
    expect(new Set(redactionNames).size).toBe(redactionNames.length);
    expect(redactionNames).toContain('github-token');
    expect(redactionNames).toContain('key:password');
  });

  it('redacts several secrets in one text, with equal tokens for equal secrets', () => {
    const secret = `ghp_${mixed(36)}`;
    const { text, count } = redactor().text(`${secret} and ${jwt}, again ${secret}`);
    expect(text).toMatch(
      /^«redacted:github-token:40xgh» and «redacted:jwt:\d+xey», again «redacted:github-token:40xgh»$/,
    );
    expect(count).toBe(3);
  });
});

describe('keys', () => {
  it.each<readonly [string, string]>([
    ['password', 'password'],
    ['db_password', 'password'],
    ['Passphrase', 'password'],
    ['token', 'token'],
    ['GITHUB_TOKEN', 'token'],
    ['accessToken', 'token'],
    ['Authorization', 'authorization'],
    ['Proxy-Authorization', 'authorization'],
    ['X-Api-Key', 'api-key'],
    ['apiKey', 'api-key'],
    ['private_key', 'api-key'],
    ['client_secret', 'secret'],
    ['AWS_SECRET_ACCESS_KEY', 'api-key'],
    ['Set-Cookie', 'cookie'],
    ['cookies', 'cookie'],
  ])('%s matches the rule %s', (key, rule) => {
    expect(findKeyRule(key)?.name).toBe(rule);
    expect(json({ [key]: 'a1b2c3d4!e' })).toEqual({ [key]: `«redacted:${rule}:10xa1»` });
  });

  it.each([
    ...[
      'progressToken',
      'nextPageToken',
      'page_token',
      'next_token',
      'max_tokens',
      'tokens',
      'tokenCount',
      'token_type',
    ],
    ...['id', 'sha', 'commit_sha', 'cursor', 'nextCursor', 'author', 'passed', 'secretary', 'primaryKey'],
    ...['authorized', 'cookieConsent', 'public_key', 'keyboard', 'monkey', 'author_association', 'secret_type'],
  ])('%s is an ordinary key', (key) => {
    expect(findKeyRule(key)).toBeNull();
  });

  it('preserve placeholders, redaction tokens, empty and short values, and other types', () => {
    const value = {
      password: '',
      token: '${TOKEN}',
      api_key: '<your key>',
      secret: '****',
      github_token: '[REDACTED]',
      client_secret: '«redacted:secret:1a2b3c»',
      accessToken: 'if',
      cookie: null,
      token_count: 12345,
      hasPassword: true,
    };
    expect(json(value)).toEqual(value);
  });

  it('preserve the scheme of a header, and name a token after its shape', () => {
    expect(json({ Authorization: 'Bearer opaque' })).toEqual({ Authorization: 'Bearer «redacted:authorization:6xop»' });
    expect(json({ Authorization: `token ghp_${mixed(36)}` })).toEqual({
      Authorization: 'token «redacted:github-token:40xgh»',
    });
    expect(json({ token: jwt })).toEqual({ token: `«redacted:jwt:${jwt.length}xey»` });
    expect(json({ password: `my ghp_${mixed(36)}` })).toEqual({ password: '«redacted:password:43xmy»' });
  });

  it('redact secrets inside sentences, headers and JSON', () => {
    expect(json({ token: `use ghp_${mixed(36)} here` })).toEqual({ token: 'use «redacted:github-token:40xgh» here' });
    expect(json({ apiKey: 'my key: Bearer abc123456789' })).toEqual({
      apiKey: 'my key: Bearer «redacted:bearer-token:12xab»',
    });
    expect(json({ token: '{"password": "pw"}' })).toEqual({ token: '{"password": "«redacted:password:2xpw»"}' });
    expect(json({ token: 'Bearer abcdefgh' })).toEqual({ token: 'Bearer «redacted:token:8xab»' });
  });

  it('apply to lists, values and pairs, but not to descriptions', () => {
    expect(
      json({
        passwords: ['one', 'two'],
        secrets: [{ name: 'DEPLOY', value: 'abcd1234', created: 'today' }],
        headers: [{ name: 'Authorization', value: 'opaque' }],
        env: [{ value: 'late-name', name: 'API_KEY' }],
        cookies: { sid: { v: 'x1' } },
        credentials: { username: 'ann', password: 'pw', value: 'abcd' },
        password: 123456,
      }),
    ).toEqual({
      passwords: ['«redacted:password:3xon»', '«redacted:password:3xtw»'],
      secrets: [{ name: 'DEPLOY', value: '«redacted:secret:8xab»', created: 'today' }],
      headers: [{ name: 'Authorization', value: '«redacted:authorization:6xop»' }],
      env: [{ value: '«redacted:api-key:9xla»', name: 'API_KEY' }],
      cookies: { sid: { v: '«redacted:cookie:2xx1»' } },
      credentials: { username: 'ann', password: '«redacted:password:2xpw»', value: '«redacted:secret:4xab»' },
      password: expect.any(Number) as number,
    });
    const tools = {
      tools: [
        {
          name: 'login',
          inputSchema: { properties: { password: { type: 'string', default: 'x' }, token: 'abcdefghij' } },
        },
      ],
    };
    expect(json(tools)).toEqual(tools);
  });
});

describe('does not change', () => {
  it.each([
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '550e8400-e29b-41d4-a716-446655440000',
    'task-force-one-hundred-and-twenty-1',
    'risk-management-in-2026-for-everyone',
    'bearer authentication is required; basic knowledge helps',
    'https://github.com/o/r/commit/da39a3ee5e6b4b0d3255bfef95601890afd80709?diff=split&key=1',
    'mail ann@example.com, see https://example.com/@ann',
    'const token = await getToken(); // token: string',
    'connect(password=password, pageToken="CAEQAA1234"); <input type="password" secret="">',
    'The password: never write it down. "token": see below',
    'authorization: required, and key: value',
    'usage: login --password PASSWORD --token TOKEN, where --token is required for api v2',
    'interface Login {\n  password: string;\n  token: Token2;\n  nextToken: abc123\n}',
    'password: \nsecret: required\nhelp: 12345678\ntoken: see RFC 6750, section 2\napi_key: ${API_KEY_1}',
    '2026-11-22T08:00:00.000Z',
    'I_kwDOABCD1234567890abcdef',
    'MDQ6VXNlcjE=',
  ])('%s', (text) => {
    expect(redactor().text(text)).toEqual({ text, count: 0 });
    expect(json({ jsonrpc: '2.0', id: text, result: { content: [{ type: 'text', text }] } })).toEqual({
      jsonrpc: '2.0',
      id: text,
      result: { content: [{ type: 'text', text }] },
    });
  });

  it('any byte outside the secret: numbers, key order, duplicates, white space, escapes', () => {
    const text =
      '{ "2":1.0, "1":12345678901234567890,"a":"\\u0041\\/","a":1e400 ,"token" : "\\u0061bcdefghij" ,"z":[ ]}';
    expect(redactor().json(text)).toEqual({
      text: '{ "2":1.0, "1":12345678901234567890,"a":"\\u0041\\/","a":1e400 ,"token" : "«redacted:token:10xab»" ,"z":[ ]}',
      count: 1,
    });
  });
});

describe('JSON in strings', () => {
  it('is redacted as JSON at any depth', () => {
    const inner = JSON.stringify({ user: 'ann', token: 'abcdefgh1', n: 1 });
    const deep = JSON.stringify({ content: [{ type: 'text', text: JSON.stringify({ body: inner }) }] });
    const redacted = json({ text: deep }) as { readonly text: string };
    const unwrapped = JSON.parse(redacted.text) as { readonly content: readonly [{ readonly text: string }] };
    const body = (JSON.parse(unwrapped.content[0].text) as { readonly body: string }).body;
    expect(JSON.parse(body)).toEqual({ user: 'ann', token: '«redacted:token:9xab»', n: 1 });
  });

  it('is also redacted in fragments of JSON', () => {
    expect(redactor().text('got {"a":1,"api_key": "abcdefg"} and \\"password\\":\\"pw\\" …').text).toBe(
      'got {"a":1,"api_key": "«redacted:api-key:7xab»"} and \\"password\\":\\"«redacted:password:2xpw»\\" …',
    );
  });

  it.each([String.raw`hun"ter`, 'back\\', String.raw`\"`, 'line\nend', '\\\\'])(
    'is replaced as a whole in pieces, whatever is escaped in it: %s',
    (secret) => {
      const once = JSON.stringify({ password: secret, next: 'stays' });
      const twice = JSON.stringify(once).slice(1, -1);
      expect(redactor().text(`got ${once} …`).text).toMatch(/^got \{"password":"«[^"]*»","next":"stays"\} …$/);
      expect(redactor().text(`got ${twice} …`).text).toMatch(
        /^got \{\\"password\\":\\"«.*»\\",\\"next\\":\\"stays\\"\} …$/,
      );
    },
  );
});

describe('any value', () => {
  const secretKey = constantFrom('token', 'password', 'Authorization', 'api_key', 'secret', 'cookie', 'value', 'name');
  const secretText = constantFrom(
    `ghp_${mixed(36)}`,
    jwt,
    pem,
    'Bearer abc123456789',
    '{"token":"abcdefghij"}',
    '[',
    '"',
  );
  const values = oneof(
    jsonValue({ maxDepth: 4 }),
    dictionary(oneof(secretKey, string()), oneof(secretText, jsonValue({ maxDepth: 3 }))),
    array(tuple(secretText, dictionary(secretKey, array(oneof(secretText, string()))))),
  );

  it('remains valid JSON with the same structure, and redacting it again changes nothing', () => {
    assert(
      property(values, (value) => {
        const before = JSON.stringify(value);
        const once = redactor().json(before);
        expect(shape(JSON.parse(once.text) as JsonValue)).toEqual(shape(JSON.parse(before) as JsonValue));
        if (once.count === 0) expect(once.text).toBe(before);
        expect(redactor().json(once.text)).toEqual({ text: once.text, count: 0 });
      }),
      { numRuns: 500 },
    );
  });

  it('never throws when redacted as text', () => {
    assert(
      property(
        oneof(
          string(),
          string({ unit: 'binary' }),
          values.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          expect(typeof redactor().text(text).text).toBe('string');
        },
      ),
    );
  });

  it('contains no secret of a known shape after redaction', () => {
    proves('own:secrets-taken-out');
    assert(
      property(values, (value) => {
        const { text } = redactor().json(JSON.stringify(value));
        expect(text).not.toContain(`ghp_${mixed(36)}`);
        expect(text).not.toContain(jwt);
      }),
    );
  });
});

it('takes time proportional to the length of any text', async () => {
  const pieces = [
    'a',
    'eyJ',
    '://',
    'token=',
    '"token":"',
    'bearer ',
    '-----BEGIN PRIVATE KEY-----',
    'sk-',
    '{"',
    'Cookie: ',
    '&key=',
    '\\',
    'A_TOKEN',
    '"token":"\\"',
    '://a:b@',
    'token="',
    'a.password = ',
    'a=a=',
    '-eyJ',
    '-p ',
    'Bearer Bearer ',
    'Authorization: Basic ',
    '-----BEGIN ',
    'password is ',
    ' is is',
    '<password>',
    'x,password\n',
    'name: API_KEY ',
    'password: |\n  ',
    'machine a login b password ',
    'kind: Secret\ndata:\n  a: b\n',
    '１',
    "','",
    '/+',
  ];
  for (const piece of pieces) {
    await expectLinear((size) => {
      const text = piece.repeat(Math.ceil(size / piece.length));
      const json = JSON.stringify({ text, token: text });
      return () => [redactor().text(text), redactor().json(json)];
    }, 40_000);
  }
});

it('redacts JSON of any depth', () => {
  const text = `${'['.repeat(50_000)}{"token":"abcdefghij"}${']'.repeat(50_000)}`;
  expect(redactor().json(text).count).toBe(1);
});

/** The same tree without its strings; a number under the key of a password may become a string. */
function shape(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map((item: JsonValue) => shape(item));
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' || value === null ? value : 'text';
  return Object.entries(value).map(([key, item]) => [key.includes('«redacted:') ? 'redacted' : key, shape(item)]);
}
