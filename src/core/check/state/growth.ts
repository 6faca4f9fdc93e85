/** Checks the memory of a guard over many calls: its growth, and whether `dealloc` gives buffers back (gateway spec 1.5). */
import { sizeText } from '../../base/size.ts';
import type { ProbedCallRecord } from '../../difc/record/guardCall.ts';
import { type Check, type CheckFinding, ended, notApplicable } from '../checkModel.ts';
import { deathOf } from '../judge.ts';
import { alone, begin, make, nameOf } from '../steps.ts';
import type { CheckSubject, SampleCall } from '../subject/checkSubject.ts';

const calls = 1000;
/** Calls in which a guard may fill its caches. */
const warmUp = 200;
/** A slow guard makes fewer calls: the check stops after this time inside the guard, in milliseconds. */
const budgetMs = 15_000;
/** Memory that the gateway gives a guard (gateway spec 1.2). */
const limitBytes = 32 * 1024 * 1024;
/** Growth that is not called a leak: some pages of an allocator. */
const toleratedBytes = 4 * 65_536;
/** Of the answers only small ones are repeated, so that the figure is about calls and not about sizes. */
const longestInput = 64 * 1024;

export const memoryGrowth: Check = {
  id: 'memory-growth',
  section: 'state',
  title: `The memory does not grow over ${calls} calls, and each dealloc succeeds`,
  *run(subject) {
    const samples: SampleCall[] = [];
    for (const sample of repeatable(subject)) {
      if ((yield* alone(subject, sample)).output !== null) samples.push(sample);
    }
    if (samples.length === 0) return notApplicable('the guard answers none of the calls');
    const started = yield* begin(subject);
    const sizes: number[] = [started.memory?.after ?? 0];
    let spent = 0;
    let failedFrees = 0;
    for (let at = 0; at < calls && spent < budgetMs; at++) {
      const sample = samples[at % samples.length];
      if (sample === undefined) break;
      // With the gateway's own size for the buffer; the record then also has the number of failed deallocs.
      const record = yield* make(subject, sample, { outputBytes: firstOutputBytes });
      spent += record.durationMs;
      failedFrees += record.probe?.failedFrees ?? 0;
      sizes.push(record.memory?.after ?? sizes.at(-1) ?? 0);
      if (record.output === null && (record.poisoned || isOutOfMemory(record))) {
        return ended(`stopped at call ${at + 1}`, [ranOut(sample, at + 1, sizes, record)]);
      }
    }
    const findings = [
      ...(fullAt(sizes) ?? growthOf(sizes)),
      ...(failedFrees === 0 ? [] : [deallocFails(failedFrees, sizes.length - 1)]),
    ];
    const rate = bytesPerCall(sizes);
    const end = sizeText(sizes.at(-1) ?? 0);
    return ended(
      `${sizes.length - 1} calls, ${rate === 0 ? 'no growth' : `${sizeText(rate)} a call`}, ${end} at the end`,
      findings,
    );
  },
};

/** First output buffer of the gateway (gateway internal/guard/wasm_exec.go:38). */
const firstOutputBytes = 4 * 1024 * 1024;

function repeatable({ resources, responses }: CheckSubject): readonly SampleCall[] {
  return [...resources, ...responses].filter(({ input }) => input.length <= longestInput).slice(0, 20);
}

function isOutOfMemory(record: ProbedCallRecord): boolean {
  return deathOf(record, '')?.code === 'check/out-of-memory';
}

function ranOut(sample: SampleCall, call: number, sizes: readonly number[], record: ProbedCallRecord): CheckFinding {
  const last = sizes.at(-1) ?? 0;
  if (!isOutOfMemory(record) && last < limitBytes - firstOutputBytes) {
    const found = deathOf(record, `the ${call}th call of an instance`);
    if (found !== null) return found;
  }
  const perCall = Math.round((last - (sizes[0] ?? 0)) / Math.max(1, call - 1));
  const freesNothing = perCall >= firstOutputBytes / 2;
  return {
    severity: 'error',
    code: freesNothing ? 'check/dealloc-frees-nothing' : 'check/memory-runs-out',
    message: `After ${call} calls the guard has no memory left: it has ${sizeText(last)} and grew by ${sizeText(perCall)} a call; ${nameOf(sample)} failed: ${record.error ?? ''}`,
    meaning: `After about ${call} calls of all sessions together every call fails, until the gateway is restarted`,
    hint: freesNothing
      ? 'Let dealloc(pointer, size) give the buffer back: the gateway allocates 4 MiB for the output of each call'
      : 'Free what a call allocates beside the two buffers of the gateway: parsed inputs, strings, answers of look-ups',
    subject: 'memory',
  };
}

/** The finding about a memory that has come to its limit, although calls still have room; null for others. */
function fullAt(sizes: readonly number[]): readonly CheckFinding[] | null {
  const call = sizes.findIndex((size) => size >= limitBytes);
  if (call <= 0) return null;
  const perCall = Math.round((limitBytes - (sizes[0] ?? 0)) / call);
  return [
    {
      severity: 'error',
      code: 'check/memory-runs-out',
      message: `The memory of the guard has come to its limit of ${sizeText(limitBytes)} behind ${call} calls: it grew by ${sizeText(perCall)} a call`,
      meaning: `After about ${call} calls of all sessions together the guard cannot get more memory, so whatever needs some fails until the gateway is restarted`,
      hint: 'Free what a call allocates beside the two buffers of the gateway: parsed inputs, strings, answers of look-ups',
      subject: 'memory',
    },
  ];
}

function growthOf(sizes: readonly number[]): readonly CheckFinding[] {
  const [from, middle, to] = [sizes[warmUp], sizes[Math.floor((warmUp + sizes.length) / 2)], sizes.at(-1)];
  if (from === undefined || middle === undefined || to === undefined) return [];
  const grown = to - from;
  if (grown < toleratedBytes || middle === from || to === middle) return [];
  const rate = bytesPerCall(sizes);
  const left = Math.floor((limitBytes - to) / Math.max(1, rate));
  return [
    {
      severity: 'warning',
      code: 'check/memory-grows',
      message: `The memory of the guard grows by ${sizeText(rate)} a call: from ${sizeText(from)} behind ${warmUp} calls to ${sizeText(to)} behind ${sizes.length - 1}`,
      meaning: `After about ${sizes.length - 1 + left} calls of all sessions together the guard has no memory left, and every call fails until the gateway is restarted`,
      hint: 'Free what a call allocates, and limit caches',
      subject: 'memory',
    },
  ];
}

/** The slope behind the first calls. */
function bytesPerCall(sizes: readonly number[]): number {
  const from = sizes[warmUp];
  const to = sizes.at(-1);
  if (from === undefined || to === undefined || sizes.length <= warmUp + 1) return 0;
  return Math.round((to - from) / (sizes.length - 1 - warmUp));
}

function deallocFails(count: number, made: number): CheckFinding {
  return {
    severity: 'error',
    code: 'check/dealloc-fails',
    message: `dealloc failed ${count} times in ${made} calls`,
    meaning:
      'The gateway writes it to its debug log only; the buffers are not given back, so the guard runs out of memory',
    hint: 'dealloc gets the pointer that alloc gave and the size that alloc was asked for; it has the type (i32, i32) -> ()',
    subject: 'dealloc',
  };
}
