/** Checks inputs at the gateway's limit of 8 MiB: one long text, and a list of many items (gateway spec 1.4). */
import type { JsonValue } from '../../base/json.ts';
import { sizeText } from '../../base/size.ts';
import { utf8Length } from '../../go/goText.ts';
import { unwrapText } from '../../mcp/textContent.ts';
import { type Check, type CheckFinding, ended, notApplicable } from '../checkModel.ts';
import { breakdown, distinct, isRefusedByGuard } from '../judge.ts';
import { alone, type CheckPart } from '../steps.ts';
import { responseCall, textResultOf } from '../subject/madeUpSubject.ts';
import type { CheckSubject, SampleResponse } from '../subject/checkSubject.ts';

/** Largest input (gateway internal/guard/wasm_exec.go:40). */
const limitBytes = 8 * 1024 * 1024;

export const longTextCheck: Check = {
  id: 'long-text',
  section: 'inputs',
  title: 'A result of 8 MiB with one long text is labelled',
  *run(subject) {
    const [sample] = subject.responses;
    if (sample === undefined) return notApplicable('no call has a result');
    return yield* tryLarge(
      subject,
      filled(sample, (length) => 'x'.repeat(length)),
      'a text of 8 MiB',
    );
  },
};

export const longListCheck: Check = {
  id: 'long-list',
  section: 'inputs',
  title: 'A result of 8 MiB with many items is labelled',
  *run(subject) {
    const found = listSample(subject);
    if (found === null) return notApplicable('no result is a list');
    const { sample, items } = found;
    // Quotes are escaped in the input, so a text takes more room there than it has.
    const item = JSON.stringify(items[0] ?? {});
    const room = utf8Length(JSON.stringify(`${item},`)) - 2;
    const count = (length: number): number => Math.max(1, Math.floor((length - 2) / room));
    let items8 = 0;
    const call = filled(sample, (length) => {
      items8 = count(length);
      return `[${`${item},`.repeat(items8 - 1)}${item}]`;
    });
    return yield* tryLarge(subject, call, `a list of ${items8} items (8 MiB)`);
  },
};

/** The first sample whose data is a list of objects, with its items; null without one. */
export function listSample({
  responses,
}: CheckSubject): { sample: SampleResponse; items: readonly JsonValue[] } | null {
  for (const sample of responses) {
    const data = unwrapText(sample.result);
    if (Array.isArray(data) && data.length > 0) return { sample, items: data };
  }
  return null;
}

/** The sample with another text as its result, so that the input has at most the gateway's limit. */
function filled({ tool, args }: SampleResponse, text: (length: number) => string): SampleResponse {
  const empty = responseCall(tool, args, textResultOf(''));
  return responseCall(tool, args, textResultOf(text(limitBytes - utf8Length(empty.input))));
}

function* tryLarge(subject: CheckSubject, call: SampleResponse, what: string): CheckPart<ReturnType<typeof ended>> {
  const record = yield* alone(subject, call);
  const found = breakdown(record, what);
  const ms = `${record.durationMs.toFixed(0)} ms`;
  const peak = record.memory === null ? '' : `, ${sizeText(record.memory.peak)} of memory`;
  const findings: CheckFinding[] = found === null ? [] : [isTooLong(record.error) ? tooMuch(found) : found];
  if (isRefusedByGuard(record)) findings.push(refusedLarge(record.error ?? '', call, what));
  return ended(`${what}: ${ms}${peak}`, distinct(findings));
}

/** Whether the answer has more than the 16 MiB that the gateway takes. */
function isTooLong(error: string | null): boolean {
  return error?.includes('guard requires buffer') === true || error?.includes('still insufficient') === true;
}

function tooMuch(found: CheckFinding): CheckFinding {
  return {
    ...found,
    severity: 'info',
    code: 'check/large-answer',
    meaning:
      'A result of this size cannot be labelled: the client gets an error in place of it. Smaller ones are not affected',
    hint: 'Answer with default_labels and only the entries that differ from it',
  };
}

function refusedLarge(error: string, { tool }: SampleResponse, what: string): CheckFinding {
  return {
    severity: 'info',
    code: 'check/refuses-large',
    message: `label_response of "${tool}" refused ${what}: ${error}`,
    meaning: 'The client gets an error in place of results of this size',
    hint: 'If servers give results of this size, label them as a whole with default_labels',
    subject: 'label_response',
  };
}
