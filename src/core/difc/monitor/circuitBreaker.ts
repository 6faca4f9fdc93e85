/** The gateway's circuit breaker: refuses calls to a backend that reported several rate limits in a row (gateway `internal/server/circuit_breaker.go`). */
import { quoteGo, toLower, trimSpace } from '../../go/goText.ts';

/** When the circuit opens, and for how long; 0 or less means the gateway's default. */
export interface CircuitSettings {
  /** Number of rate limits in a row that opens the circuit: `rate_limit_threshold`, default 3. */
  readonly threshold: number;
  /** Milliseconds until the circuit closes when the backend gives no reset time: `rate_limit_cooldown`, default one minute. */
  readonly cooldownMs: number;
}

export const defaultCircuit: CircuitSettings = { threshold: 3, cooldownMs: 60_000 };

/** The state of one backend. Times are milliseconds since 1970. Calls are sequential here, so no probe is ever in progress. */
export interface Circuit {
  readonly state: 'closed' | 'open' | 'half-open';
  /** Number of rate limits since the last answer that was not a rate limit. */
  readonly errors: number;
  readonly openedAt: number;
  /** The last reset time that the backend gave; null when it gave none. */
  readonly resetAt: number | null;
}

export const closedCircuit: Circuit = { state: 'closed', errors: 0, openedAt: 0, resetAt: null };

/** Decides whether a call may go to the backend now: returns the next state of the circuit, or the gateway's refusal. */
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

/** The circuit after an answer that was not a rate limit. */
export function noteSuccess(circuit: Circuit): Circuit {
  const resetAt = circuit.state === 'half-open' ? null : circuit.resetAt;
  return { ...circuit, state: 'closed', errors: 0, resetAt };
}

/** The circuit after a rate limit with this text. A connection failure does not change the circuit, so callers do not report it. */
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

/** Seconds from `[rate reset in 42s]`; null when they are missing, 0 or not a number (gateway `internal/githubhttp/rate_limit.go`). */
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

/** The longest duration of Go in seconds; longer ones overflow. */
const mostSeconds = 9_223_372_036;

function orDefault(value: number, name: keyof CircuitSettings): number {
  return value > 0 ? value : defaultCircuit[name];
}

/** The time in the format of Go's time.RFC3339, in UTC. */
function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Whole seconds as Go prints a duration: `42s`, `1m0s`, `2h0m5s`. */
function durationText(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours}h${minutes}m${seconds % 60}s`;
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
