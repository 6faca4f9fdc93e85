/** Functions of jq on numbers (gojq `func.go`). The last digit of a transcendental function may differ between Go and V8. */
import type { Native } from './jqNative.ts';
import { numberArgument } from './jqPaths.ts';
import type { JqValue } from '../jqValue.ts';
import { toFloat } from '../jqValue.ts';

const unary: Readonly<Record<string, (x: number) => number>> = {
  ...Object.fromEntries(
    (
      [
        'sin',
        'cos',
        'tan',
        'asin',
        'acos',
        'atan',
        'sinh',
        'cosh',
        'tanh',
        'asinh',
        'acosh',
        'atanh',
        'floor',
        'ceil',
        'trunc',
        'sqrt',
        'cbrt',
        'exp',
        'expm1',
        'log',
        'log10',
        'log1p',
        'log2',
      ] as const
    ).map((name) => [name, Math[name]]),
  ),
  fabs: Math.abs,
  round: (x) => (x < 0 ? -roundUp(-x) : roundUp(x)),
  rint: toEven,
  nearbyint: toEven,
  exp2: (x) => 2 ** x,
  exp10: (x) => 10 ** x,
  significand: (x) => (x === 0 || !Number.isFinite(x) ? x : x / 2 ** exponentOf(x)),
  logb: (x) => (x === 0 ? -Infinity : Number.isFinite(x) ? exponentOf(x) : Number.isNaN(x) ? x : Infinity),
};

const binary: Readonly<Record<string, (x: number, y: number) => number>> = {
  pow: (x, y) => (x === 1 || (x === -1 && !Number.isFinite(y) && !Number.isNaN(y)) ? 1 : x ** y),
  atan2: Math.atan2,
  hypot: Math.hypot,
  fmod: (x, y) => x % y,
  fdim: (x, y) => (x - y <= 0 ? 0 : x - y),
  fmax: (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.max(x, y)),
  fmin: (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.min(x, y)),
  copysign: (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x)),
  ldexp: scale,
  scalb: scale,
  scalbln: scale,
};

/** By `name/arity`. */
export const mathFunctions: Readonly<Record<string, Native>> = {
  ...Object.fromEntries(
    Object.entries(unary).map(([name, f]) => [`${name}/0`, (value: JqValue) => f(numberArgument(name, value))]),
  ),
  ...Object.fromEntries(
    Object.entries(binary).map(([name, f]): [string, Native] => [
      `${name}/2`,
      (_value, [x, y]) => f(numberArgument(name, x), numberArgument(name, y)),
    ]),
  ),
  'modf/0': (value) => {
    const x = numberArgument('modf', value);
    if (x === Infinity || x === -Infinity) return [x > 0 ? 0 : -0, x];
    return [x - Math.trunc(x), Math.trunc(x)];
  },
  'infinite/0': () => Infinity,
  'nan/0': () => NaN,
  'isinfinite/0': (value) => Math.abs(toFloat(value) ?? 0) === Infinity,
  'isfinite/0': (value) => {
    const x = toFloat(value);
    return x !== null && Math.abs(x) !== Infinity;
  },
  'isnan/0': (value) => (value === null ? false : Number.isNaN(numberArgument('isnan', value))),
  'isnormal/0': (value) => {
    const x = Math.abs(toFloat(value) ?? 0);
    return x >= 2 ** -1022 && x < Infinity;
  },
};

/** Halves go away from zero, as in Go. */
function roundUp(x: number): number {
  const low = Math.floor(x);
  return x - low >= 0.5 ? low + 1 : low;
}

function toEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest === 0 || !Number.isFinite(x)) return x;
  const near = rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
  return near === 0 && x < 0 ? -0 : near;
}

function exponentOf(x: number): number {
  let exponent = Math.floor(Math.log2(Math.abs(x)));
  while (2 ** exponent > Math.abs(x)) exponent--;
  while (2 ** (exponent + 1) <= Math.abs(x)) exponent++;
  return exponent;
}

/** `x` times a power of two, in two steps because 2 ** 1074 overflows. */
function scale(x: number, exponent: number): number {
  const whole = Math.max(-4096, Math.min(4096, Math.trunc(exponent)));
  const half = Math.trunc(whole / 2);
  return x * 2 ** half * 2 ** (whole - half);
}
