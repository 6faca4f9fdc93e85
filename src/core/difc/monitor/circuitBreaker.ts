/** The gateway's refusal to call a backend that reported rate limits one after the other (gateway `internal/server/circuit_breaker.go`). */
import { quoteGo, toLower, trimSpace } from '../../go/goText.ts';

/** When the circuit opens, and for how long; 0 or less stands for the gateway's default. */
export interface CircuitSettings {
  /** Rate limits in a row that open it: `rate_limit_threshold`, default 3. */
  readonly threshold: number;
  /** Milliseconds that it stays open when the backend does not say when its limit ends: `rate_limit_cooldown`, default a minute. */
  readonly cooldownMs: number;
}

export const defaultCircuit: CircuitSettings = { threshold: 3, cooldownMs: 60_000 };

/** The state of one backend. Times are milliseconds since 1970. Calls come one after the other here, so a probe is never under way. */
export interface Circuit {
  readonly state: 'closed' | 'open' | 'half-open';
  /** Rate limits since the last answer that was none. */
  readonly errors: number;
  readonly openedAt: number;
  /** When the backend's limit ends, as it said last; null when it never did. */
  readonly resetAt: number | null;
}

export const closedCircuit: Circuit = { state: 'closed', errors: 0, openedAt: 0, resetAt: null };

/** Whether a call may go to the backend now: the circuit from then on, or the gateway's refusal. */
export function askCircuit(
  circuit: Circuit,
  server: string,
  now: number,
  { cooldownMs }: CircuitSettings,
): { readonly circuit: Circuit } | { readonly refusal: string } {
  const { state, openedAt, resetAt } = circuit;
  if (state !== 'open') return { circuit };
  const openUntil = resetAt !== null && resetAt > openedAt ? resetAt : openedAt + orDefault(cooldownMs, 'cooldownMs');
  if (now > openUntil) return { circuit: { ...circuit, state: 'half-open' } };
  const opening = `${refusalOpening} OPEN for server ${quoteGo(server)} — `;
  if (resetAt === null) return { refusal: `${opening}requests temporarily rejected` };
  const seconds = Math.max(0, Math.round((resetAt - now) / 1000));
  return { refusal: `${opening}rate limit resets at ${rfc3339(resetAt)} (retry after ${durationText(seconds)})` };
}

/** After an answer that was no rate limit. */
export function noteSuccess(circuit: Circuit): Circuit {
  const resetAt = circuit.state === 'half-open' ? null : circuit.resetAt;
  return { ...circuit, state: 'closed', errors: 0, resetAt };
}

/** After an answer that was one, with its text. A failure of the connection changes nothing, and is not told to the circuit. */
export function noteRateLimit(circuit: Circuit, text: string, now: number, { threshold }: CircuitSettings): Circuit {
  const errors = circuit.errors + 1;
  const resetsIn = rateLimitResetSeconds(text);
  const resetAt = resetsIn === null ? circuit.resetAt : now + resetsIn * 1000;
  const opens = circuit.state === 'half-open' || errors >= orDefault(threshold, 'threshold');
  if (circuit.state === 'open' || !opens) return { ...circuit, errors, resetAt };
  return { state: 'open', errors, openedAt: now, resetAt };
}

/** Whether an error is a refusal of the circuit. */
export function isCircuitRefusal(error: string): boolean {
  return error.startsWith(refusalOpening);
}

/** Seconds until a rate limit ends, as in `[rate reset in 42s]`; null without, for 0, and for no number (gateway `internal/githubhttp/rate_limit.go`). */
export function rateLimitResetSeconds(text: string): number | null {
  const phrase = 'rate reset in ';
  const at = toLower(text).indexOf(phrase);
  if (at < 0) return null;
  const rest = text.slice(at + phrase.length);
  const end = rest.search(/[s\])]/);
  if (end < 0) return null;
  const digits = trimSpace(rest.slice(0, end));
  const seconds = /^[+-]?\d+$/.test(digits) ? Number(digits) : 0;
  return seconds > 0 && seconds <= mostSeconds ? seconds : null;
}

const refusalOpening = 'rate limit circuit breaker is';

/** What Go's durations hold: longer ones overflow there. */
const mostSeconds = 9_223_372_036;

function orDefault(value: number, name: keyof CircuitSettings): number {
  return value > 0 ? value : defaultCircuit[name];
}

/** As Go's time.RFC3339, in UTC. */
function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Whole seconds as Go prints a duration: `42s`, `1m0s`, `2h0m5s`. */
function durationText(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours}h${minutes}m${seconds % 60}s`;
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
