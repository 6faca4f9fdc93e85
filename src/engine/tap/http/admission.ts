/** Admits requests to the HTTP tap: only from this machine, by its name, with the token of this launch. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is refused, with the status that the client gets. */
export interface AdmissionRefusal {
  readonly status: 403 | 404;
  readonly code: string;
  readonly message: string;
}

/** A request that may pass, with its path behind the token, including the query. */
export interface Admitted {
  readonly path: string;
}

/** A secret of 192 bits, fit for a URL. */
export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * Checks a request in this order: `Host`, against foreign names that resolve to 127.0.0.1 (DNS rebinding); `Origin`, against pages in a
 * browser; the token, which stands before the path.
 */
export function admit(
  request: { readonly url: string; readonly headers: IncomingHttpHeaders },
  token: string,
): Admitted | AdmissionRefusal {
  const { host, origin } = request.headers;
  if (host === undefined || !isLoopbackHost(host)) {
    return refusal(
      403,
      'tap/foreign-host',
      `The tap answers to 127.0.0.1 and localhost only, not to the host ${quoted(host)}`,
    );
  }
  if (origin !== undefined && !isTrustedOrigin(origin)) {
    return refusal(403, 'tap/foreign-origin', `The tap does not answer to pages of ${quoted(origin)}`);
  }
  const [, given = '', rest = ''] = /^\/([^/?]*)(.*)$/s.exec(request.url) ?? [];
  if (!isSame(given, token)) {
    return refusal(
      404,
      'tap/wrong-token',
      'The path does not begin with the token of this tap: use the address that it printed',
    );
  }
  return { path: rest === '' || rest.startsWith('?') ? `/${rest}` : rest };
}

export function isRefusal(verdict: Admitted | AdmissionRefusal): verdict is AdmissionRefusal {
  return 'status' in verdict;
}

/** Whether only this machine can reach an address to listen at. */
export function isLoopbackAddress(address: string): boolean {
  return address === '127.0.0.1' || address === 'localhost' || address === '::1';
}

function isLoopbackHost(host: string): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i.test(host);
}

/** Pages of this machine, and pages of editors, whose origin has a scheme of its own. */
function isTrustedOrigin(origin: string): boolean {
  return (
    /^https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i.test(origin) ||
    /^vscode-(?:webview|file):\/\//i.test(origin)
  );
}

/** Compares in a time that does not reveal how much of the token was right. */
function isSame(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function refusal(status: AdmissionRefusal['status'], code: string, message: string): AdmissionRefusal {
  return { status, code, message };
}

function quoted(value: string | undefined): string {
  return value === undefined ? 'of no name' : JSON.stringify(value.slice(0, 100));
}
