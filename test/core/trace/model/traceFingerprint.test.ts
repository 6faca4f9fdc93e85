/** Fingerprints of readings of a trace: equal for the same calls, different for others. */
import { describe, expect, it } from 'vitest';
import { traceFingerprint } from '../../../../src/core/trace/model/traceFingerprint.ts';
import type { Trace, TraceCall } from '../../../../src/core/trace/model/traceModel.ts';
import { readTraceFile } from '../../../../src/engine/traceFiles/traceFile.ts';
import { samplePath } from '../../../support/samples.ts';

const path = samplePath('files-and-memory', 'trace.guardtrace.jsonl');
const trace = await readTraceFile(path);

function withCall(at: number, patch: Partial<TraceCall>): Pick<Trace, 'calls'> {
  return { calls: trace.calls.map((call, index) => (index === at ? { ...call, ...patch } : call)) };
}

describe('a fingerprint', () => {
  it('is the same for two readings of a file', async () => {
    expect(traceFingerprint(await readTraceFile(path))).toBe(traceFingerprint(trace));
  });

  it.each([
    ['a call is missing', { calls: trace.calls.slice(1) }],
    ['a call is new', { calls: [...trace.calls, ...trace.calls.slice(0, 1)] }],
    ['a call is another tool', withCall(3, { tool: 'other' })],
    ['a call is of another server', withCall(3, { server: 'other' })],
    ['a call has got its answer', withCall(3, { answerLine: 1_000 })],
    ['an answer has another size', withCall(3, { answerBytes: 1 })],
  ])('differs when %s', (_, other) => {
    expect(traceFingerprint(other)).not.toBe(traceFingerprint(trace));
  });
});
