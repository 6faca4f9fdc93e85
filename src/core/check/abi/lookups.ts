/** Checks a guard whose look-ups fail, come as errors, do not fit, or are more than the gateway allows (gateway spec 1.10). */
import { lookupRules } from '../../lint/protocolRules.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { GuardCallRecord } from '../../difc/record/guardCall.ts';
import { type Check, type CheckFinding, ended, notApplicable, type ProbeBackend } from '../checkModel.ts';
import { breakdown, distinct } from '../judge.ts';
import { agentOf, allowsMore } from '../labels.ts';
import { alone, begin, type CheckPart, nameOf } from '../steps.ts';
import { responseCall, textResultOf } from '../subject/madeUpSubject.ts';
import type { CheckSubject, SampleCall } from '../subject/checkSubject.ts';
import { withMeaning } from '../lintMeanings.ts';
import { listSample } from './largeInput.ts';

/** An answer that does not fit into the buffer that a guard has for usual ones. */
const largeText = JSON.stringify({ text: 'x'.repeat(1_500_000) });

/** More items than the gateway answers look-ups in one guard call. */
const manyItems = 60;

const failing = 'look-ups that fail';
const refusing = 'look-ups that are errors of the tool';

interface BackendKind {
  readonly what: string;
  readonly backend: ProbeBackend;
}

const backends: readonly BackendKind[] = [
  { what: failing, backend: () => ({ error: 'the backend does not answer' }) },
  { what: refusing, backend: () => ({ result: { ...textResultOf('no'), isError: true } }) },
  { what: 'look-ups that give null', backend: () => ({ result: null }) },
  { what: 'look-ups whose text is not JSON', backend: () => ({ result: textResultOf('not json') }) },
  { what: 'look-ups with an empty list', backend: () => ({ result: textResultOf('[]') }) },
  { what: 'look-ups with answers of 1.5 MB', backend: () => ({ result: textResultOf(largeText) }) },
];

export const lookupAnswers: Check = {
  id: 'lookup-answers',
  section: 'lookups',
  title: 'Look-ups that fail or give odd or large answers do not trap, and a failure allows nothing more',
  *run(subject) {
    const agent = agentOf(yield* begin(subject));
    const asking = yield* callsWithLookups(subject);
    if (asking.length === 0) return notApplicable('no tried call makes a look-up');
    const findings: CheckFinding[] = [];
    for (const { sample, usual } of asking) {
      for (const { what, backend } of backends) {
        const record = yield* alone(subject, sample, { backend });
        const found = breakdown(record, what, nameOf(sample));
        if (found !== null) findings.push(found);
        for (const rule of lookupRules) findings.push(...rule(record).map(withMeaning));
        const looser = isFailure(what) && subject.captured ? allowsMore(agent, record, usual) : null;
        if (looser !== null) findings.push(failsOpen(nameOf(sample), what, looser));
      }
    }
    return ended(`${asking.length} calls with ${backends.length} kinds of answers`, distinct(findings));
  },
};

/** An answer with another content is a fact of its own, which may lower labels; a failure is not. */
function isFailure(what: string): boolean {
  return what === failing || what === refusing;
}

function failsOpen(name: string, what: string, looser: string): CheckFinding {
  return {
    severity: 'warning',
    code: 'check/fails-open',
    message: `${name} with ${what} allows more than with answers: ${looser}`,
    meaning: 'When the server is slow or refuses, agents see or change what they may not see or change otherwise',
    hint: 'Treat what could not be looked up as the most protected case: all secrecy tags, no integrity',
    subject: what,
  };
}

/** The samples that make look-ups, with the records of their calls. */
function* callsWithLookups(
  subject: CheckSubject,
): CheckPart<readonly { readonly sample: SampleCall; readonly usual: GuardCallRecord }[]> {
  const asking: { readonly sample: SampleCall; readonly usual: GuardCallRecord }[] = [];
  for (const sample of [subject.agent, ...subject.resources, ...subject.responses]) {
    if (asking.length === mostCalls) break;
    const usual = yield* alone(subject, sample);
    if (usual.backendCalls.length > 0) asking.push({ sample, usual });
  }
  return asking;
}

/** Most calls that are tried with every kind of answers. */
const mostCalls = 8;

export const manyLookups: Check = {
  id: 'many-lookups',
  section: 'lookups',
  title: `A list of ${manyItems} items needs no more than the 50 look-ups that the gateway allows in a call`,
  *run(subject) {
    const found = listSample(subject);
    if (found === null) return notApplicable('no result is a list');
    const { sample, items } = found;
    const many = Array.from({ length: manyItems }, (_, at) => numbered(items[at % items.length] ?? {}, at));
    const record = yield* alone(subject, responseCall(sample.tool, sample.args, textResultOf(JSON.stringify(many))));
    const asked = record.backendCalls.length;
    const broken = breakdown(record, `a list of ${manyItems} items`);
    const findings = lookupRules.flatMap((rule) => rule(record).map(withMeaning));
    if (asked === 0 && broken === null) return notApplicable('the guard makes no look-ups for lists');
    return ended(`${asked} look-ups for ${manyItems} items`, [...findings, ...(broken === null ? [] : [broken])]);
  },
};

/** An item that differs from its copies in every text and number. */
function numbered(item: JsonValue, at: number): JsonValue {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  const members: JsonObject = item as JsonObject;
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => {
      if (typeof value === 'number') return [name, value + at];
      return [name, typeof value === 'string' ? `${value}-${at}` : numbered(value, at)];
    }),
  );
}
