/** Requirements that no test proves: out of scope, each with its reason, or known not to be kept. */
import type { RequirementId } from './requirement.ts';

/** Why a requirement is not proven. */
export interface Exception {
  readonly status: 'out-of-scope' | 'todo';
  readonly reason: string;
}

const proxy = 'The proxy is another program of the gateway; Guardscope replays the behaviour of its server';

export const exceptions: Readonly<Record<string, Exception>> = {
  ...outOfScope({
    'gateway:167': 'A Go type of the gateway’s own tests; JSON has one kind of list, see gateway:166',
    'gateway:216': 'No guard can label a whole result in that form; only the gateway’s own code could',
    'gateway:220': 'Only a stand-in of the gateway’s tests fails there; no labelled data that a guard can give does',
    'gateway:238': 'An HTTP endpoint of the running gateway; the panel shows the labels of an agent instead',
    'gateway:237': 'It determines which log records have an agent’s labels; the reader of logs accepts both kinds',
    'gateway:241': 'It enables the DIFC tools of the running gateway; a replay has no such tools',
    'gateway:314': 'It is about writing the log record of an item; Guardscope reads such records, see gateway:327',
    'gateway:321': proxy,
    'gateway:322': proxy,
    'gateway:323': proxy,
    'gateway:324': proxy,
    'gateway:329': 'These lines of the gateway are for people; a replay does not read them',
  }),
};

function outOfScope(reasons: Readonly<Partial<Record<RequirementId, string>>>): Readonly<Record<string, Exception>> {
  return Object.fromEntries(
    Object.entries(reasons).map(([id, reason]) => [id, { status: 'out-of-scope', reason: reason ?? '' }]),
  );
}
