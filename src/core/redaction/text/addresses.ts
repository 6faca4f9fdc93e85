/** Finds secrets in addresses: user names and passwords before the host, and the paths of webhooks. */
import type { Hit } from '../values/hits.ts';
import { gradeOf, isReference } from '../values/secretValues.ts';
import { at_, colon, slash } from './charCodes.ts';

/** Longest part of an address that is examined. */
const longestAuthority = 300;

/** Adds the secrets of the address whose `://` is before an index. */
export function findAddressSecrets(text: string, start: number, hits: Hit[]): void {
  addWebhook(text, start, hits);
  addUserInfo(text, start, hits);
}

/** Adds the password in `jdbc:oracle:thin:user/password@…`; the index is after `thin:`. */
export function findOraclePassword(text: string, start: number, hits: Hit[]): void {
  oracleUser.lastIndex = start;
  const match = oracleUser.exec(text);
  if (match !== null)
    addSecret(text, start + (match[1]?.length ?? 0), start - 1 + match[0].length, 'url-password', hits);
}

function addUserInfo(text: string, start: number, hits: Hit[]): void {
  const first = firstMark(text, start);
  const code = text.charCodeAt(first);
  // Most addresses have neither a user nor a port.
  if (code !== at_ && code !== colon) return;
  const end = endOfAuthority(text, first);
  if (code === at_) {
    // A token in place of the user name, as in addresses of repositories and of Sentry.
    const user = text.slice(start, first);
    const grade = gradeOf(user);
    if (user.length >= 16 && (grade === 'random' || grade === 'digest' || grade === 'mixed')) {
      hits.push({ start, end: first, rule: 'url-user' });
    }
    return;
  }
  const at = endOfPassword(text, first + 1, end);
  if (at > first + 1) addSecret(text, first + 1, at, 'url-password', hits);
}

/** Index of the `@` after a password, which may contain `@` and `/` itself; -1 when what follows the colon is a port. */
function endOfPassword(text: string, start: number, end: number): number {
  const authority = text.slice(start, end);
  if (port.test(authority)) return -1;
  const path = authority.search(/[/?#]/);
  const inHost = authority.slice(0, path < 0 ? authority.length : path).lastIndexOf('@');
  if (inHost > 0) return start + inHost;
  const beyond = passwordWithSlash.exec(authority)?.[0].length;
  return beyond === undefined ? -1 : start + beyond - 1;
}

function addSecret(text: string, start: number, end: number, rule: string, hits: Hit[]): void {
  const secret = text.slice(start, end);
  if (end <= start || isReference(secret, true)) return;
  // Any word may be a password here, except those that stand for one in documents.
  const grade = gradeOf(secret);
  if (grade !== 'none' || !/^[a-z]*$|[<${*]|^x+$|^\.+$|^«/i.test(secret)) hits.push({ start, end, rule });
}

function addWebhook(text: string, start: number, hits: Hit[]): void {
  webhookHost.lastIndex = start;
  if (!webhookHost.test(text)) return;
  for (const { host, pattern } of webhooks) {
    if (!text.startsWith(host, start) && !hasHost(text, start, host)) continue;
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    const secret = match?.[2];
    if (match === null || secret === undefined || (gradeOf(secret) === 'none' && /x{4}|\.\.|</i.test(secret))) continue;
    const end = start + match[0].length;
    hits.push({ start: end - secret.length, end, rule: 'webhook' });
    return;
  }
}

/** Whether the host ends with a name, as `acme.webhook.office.com`. */
function hasHost(text: string, start: number, host: string): boolean {
  if (!host.startsWith('.')) return false;
  const found = text.slice(start, start + 100).indexOf(host);
  return found > 0 && !text.slice(start, start + found).includes('/');
}

/** Addresses that let everyone who knows them post or call. The second group is the secret. */
const webhooks: readonly { readonly host: string; readonly pattern: RegExp }[] = [
  { host: 'hooks.slack.com', pattern: /(hooks\.slack\.com\/(?:services|workflows|triggers)\/)([\w/-]{16,255})/y },
  {
    host: 'hooks.slack-gov.com',
    pattern: /(hooks\.slack-gov\.com\/(?:services|workflows|triggers)\/)([\w/-]{16,255})/y,
  },
  { host: 'discord', pattern: /(discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d{5,25}\/)([\w-]{20,100})/y },
  { host: 'canary.discord', pattern: /(canary\.discord\.com\/api\/(?:v\d+\/)?webhooks\/\d{5,25}\/)([\w-]{20,100})/y },
  { host: '.webhook.office.com', pattern: /([\w.-]{1,80}\.webhook\.office\.com\/webhookb2\/)([\w@/-]{30,400})/y },
  { host: 'outlook.office.com', pattern: /(outlook\.office(?:365)?\.com\/webhook\/)([\w@/-]{30,400})/y },
  { host: 'hooks.zapier.com', pattern: /(hooks\.zapier\.com\/hooks\/(?:catch|standard)\/)(\d+\/\w{4,20})/y },
  { host: 'hook.', pattern: /(hook\.(?:\w{2,4}\.)?(?:make|integromat)\.(?:com|celonis\.com)\/)([\w@-]{16,80})/y },
  {
    host: 'maker.ifttt.com',
    pattern: /(maker\.ifttt\.com\/trigger\/[\w-]{1,100}\/(?:json\/)?with\/key\/)([\w-]{10,60})/y,
  },
  { host: 'open.feishu.cn', pattern: /(open\.feishu\.cn\/open-apis\/bot\/(?:v2\/)?hook\/)([\w-]{16,60})/y },
  { host: 'open.larksuite.com', pattern: /(open\.larksuite\.com\/open-apis\/bot\/(?:v2\/)?hook\/)([\w-]{16,60})/y },
  { host: 'qyapi.weixin.qq.com', pattern: /(qyapi\.weixin\.qq\.com\/cgi-bin\/webhook\/send\?key=)([\w-]{16,60})/y },
  { host: 'webhook.site', pattern: /(webhook\.site\/)([a-f0-9-]{36})/y },
  { host: 'hc-ping.com', pattern: /(hc-ping\.com\/)([a-f0-9-]{36})/y },
  { host: 'events.pagerduty.com', pattern: /(events\.pagerduty\.com\/(?:integration|generic)\/)(\w{20,40})/y },
  {
    host: 'chat.googleapis.com',
    pattern: /(chat\.googleapis\.com\/v1\/spaces\/[\w-]{4,40}\/messages\?key=)([\w%&=-]{30,300})/y,
  },
  { host: 'api.telegram.org', pattern: /(api\.telegram\.org\/(?:file\/)?bot)(\d{5,12}:[\w-]{30,40})/y },
  { host: '.m.pipedream.net', pattern: /()(eo\w{10,40})(?=\.m\.pipedream\.net)/y },
  {
    host: '.logic.azure.com',
    pattern: /([\w.:-]{1,100}\.logic\.azure\.com(?::\d+)?\/[^\s"'<>]{1,300}[?&]sig=)([\w%-]{20,100})/y,
  },
];

/** Beginnings and endings of the hosts above. */
const webhookHost =
  /hooks?\.|discord|canary\.|outlook\.|maker\.|open\.|qyapi\.|webhook\.|hc-ping|events\.|chat\.|api\.telegram|[\w-]{1,60}(?:\.[\w-]{1,60}){0,4}\.(?:office|pipedream|azure)\./y;

function endOfAuthority(text: string, start: number): number {
  const limit = Math.min(text.length, start + longestAuthority);
  let end = start;
  while (end < limit && !isOutside(text.charCodeAt(end))) end++;
  return end;
}

/** Index of the first `:`, `@`, `/` or character outside of addresses. A token that replaced a user name has colons and is skipped. */
function firstMark(text: string, start: number): number {
  let at = start;
  if (text.charCodeAt(at) === 0xab) {
    const close = text.slice(at, at + 200).indexOf('»');
    at += close + 1;
  }
  for (const limit = at + longestAuthority; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === colon || code === at_ || code === slash || isOutside(code)) return at;
  }
  return at;
}

/** White space, quotes and angle brackets. */
function isOutside(code: number): boolean {
  return (
    code <= 0x20 || code === 0x22 || code === 0x27 || code === 0x3c || code === 0x3e || code === 0x5c || code === 0x60
  );
}

const port = /^\d{1,5}(?:[/?#]|$)/;
const passwordWithSlash = /^[^\s@]{1,200}@(?=[\w-]+(?:\.[\w-]+)*(?::\d+)?(?:[/?#]|$))/;
const oracleUser = /([^/\s"']{1,60}\/)([^@\s"']{1,100})@/y;
