/** The circuit breaker for rate limits: when it opens, its error texts, and when it lets a call pass again. */
import { describe, expect, test } from 'vitest';
import {
  askCircuit,
  type Circuit,
  closedCircuit,
  defaultCircuit,
  isCircuitRefusal,
  noteRateLimit,
  noteSuccess,
  rateLimitResetSeconds,
} from '../../../../src/core/difc/monitor/circuitBreaker.ts';

const start = Date.parse('2026-05-06T07:08:09.500Z');
const limited = 'API rate limit exceeded';
const second = 1000;

function after(texts: readonly string[], settings = defaultCircuit): Circuit {
  return texts.reduce((circuit, text) => noteRateLimit(circuit, text, start, settings), closedCircuit);
}

function refusal(circuit: Circuit, now: number, settings = defaultCircuit): string | null {
  const decision = askCircuit(circuit, 'github', now, settings);
  return 'refusal' in decision ? decision.refusal : null;
}

describe('the circuit', () => {
  test('opens for a minute after three rate limits in a row', () => {
    expect(refusal(after([limited, limited]), start)).toBeNull();
    const open = after([limited, limited, limited]);
    const text = 'rate limit circuit breaker is OPEN for server "github" — requests temporarily rejected';
    expect(refusal(open, start)).toBe(text);
    expect(refusal(open, start + 60 * second)).toBe(text);
    expect(refusal(open, start + 60 * second + 1)).toBeNull();
    expect(isCircuitRefusal(text)).toBe(true);
    expect(isCircuitRefusal('failed to connect to backend github: x')).toBe(false);
  });

  test('counts again from 0 after another answer', () => {
    const circuit = noteRateLimit(noteSuccess(after([limited, limited])), limited, start, defaultCircuit);
    expect(circuit).toMatchObject({ state: 'closed', errors: 1 });
  });

  test('uses the settings of the server, where 0 means the default', () => {
    const settings = { threshold: 1, cooldownMs: 5 * second };
    const open = after([limited], settings);
    expect(refusal(open, start + 5 * second, settings)).not.toBeNull();
    expect(refusal(open, start + 5 * second + 1, settings)).toBeNull();
    expect(after([limited, limited], { threshold: 0, cooldownMs: 0 }).state).toBe('closed');
    expect(
      refusal(after([limited, limited, limited]), start + 59 * second, { threshold: 0, cooldownMs: 0 }),
    ).not.toBeNull();
  });
});

describe('a reset time from the backend', () => {
  test.each([
    ['42s', 42, 0, '2026-05-06T07:08:51Z', '42s'],
    ['42s', 42, 41_600, '2026-05-06T07:08:51Z', '0s'],
    ['3600s', 3600, 0, '2026-05-06T08:08:09Z', '1h0m0s'],
    ['90s', 90, 400, '2026-05-06T07:09:39Z', '1m30s'],
    ['90s', 90, 600, '2026-05-06T07:09:39Z', '1m29s'],
  ])('[rate reset in %s] means %i s; after %i ms the text has %s and %s', (named, _seconds, passed, at, retry) => {
    const open = after([limited, limited, `${limited} [rate reset in ${named}]`]);
    expect(refusal(open, start + passed)).toBe(
      `rate limit circuit breaker is OPEN for server "github" — rate limit resets at ${at} (retry after ${retry})`,
    );
  });

  test('replaces the cooldown of a minute, also when it is later', () => {
    const open = after([limited, limited, `${limited} [rate reset in 300s]`]);
    expect(refusal(open, start + 300 * second)).not.toBeNull();
    expect(refusal(open, start + 300 * second + 1)).toBeNull();
  });

  test('that has passed when the circuit opens is in the text, but the cooldown applies', () => {
    const early = noteRateLimit(closedCircuit, `${limited} [rate reset in 1s]`, start - 10 * second, defaultCircuit);
    const open = [1, 2].reduce((circuit) => noteRateLimit(circuit, limited, start, defaultCircuit), early);
    expect(refusal(open, start + 59 * second)).toContain('rate limit resets at 2026-05-06T07:08:00Z (retry after 0s)');
    expect(refusal(open, start + 60 * second + 1)).toBeNull();
  });
});

describe('a half-open circuit', () => {
  const decision = askCircuit(after([limited, limited, limited]), 'github', start + 61 * second, defaultCircuit);
  const probing = 'circuit' in decision ? decision.circuit : closedCircuit;

  test('is closed by another answer, and opened by one rate limit', () => {
    expect(probing.state).toBe('half-open');
    expect(noteSuccess(probing)).toEqual({ ...probing, state: 'closed', errors: 0, resetAt: null });
    const again = noteRateLimit(probing, limited, start + 61 * second, defaultCircuit);
    expect(refusal(again, start + 120 * second)).not.toBeNull();
  });
});

test.each([
  ['API rate limit exceeded [rate reset in 42s]', 42],
  ['RATE RESET IN 7)', 7],
  ['rate reset in  5 s', 5],
  ['rate reset in +5s', 5],
  ['rate reset in 0s', null],
  ['rate reset in -5s', null],
  ['rate reset in 5', null],
  ['rate reset in 1.5s', null],
  ['rate reset in soon', null],
  ['rate reset in 99999999999s', null],
  ['another text', null],
])('the text %j has the reset time %j in seconds', (text, seconds) => {
  expect(rateLimitResetSeconds(text)).toBe(seconds);
});
