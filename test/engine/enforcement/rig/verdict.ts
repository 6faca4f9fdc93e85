/** The answers that a client has got, and what became of a case. */
import { type Loose, LooseNumber, LooseObject, looseValues, plainOf } from '../server/looseJson.ts';

/** A response that reached the client. */
export interface Received {
  /** The id as JSON text. */
  readonly id: string;
  readonly text: string;
}

/** The responses in a text, in their order, also those in lists. */
export function responsesIn(text: string): readonly Received[] {
  return looseValues(text).flatMap((value) => responsesOf(value));
}

function responsesOf(value: Loose): readonly Received[] {
  if (Array.isArray(value)) return value.flatMap((each: Loose) => responsesOf(each));
  if (!(value instanceof LooseObject)) return [];
  const members = new Map(value.members);
  const id = members.get('id') ?? null;
  if (members.has('method') || (!members.has('result') && !members.has('error'))) return [];
  const idText = id instanceof LooseNumber ? id.text : JSON.stringify(plainOf(id));
  return [{ id: idText, text: JSON.stringify(plainOf(value)) }];
}

/** What the client must get: for each entry one response, whose id is one of these JSON texts. */
export type Owed = readonly (readonly string[])[];

/** The entries that no response fits. */
export function missing(owed: Owed, responses: readonly Received[]): readonly string[] {
  const left = responses.map(({ id }) => id);
  return owed.flatMap((ids) => {
    const at = left.findIndex((id) => ids.includes(id));
    if (at < 0) return [ids.join(' or ')];
    left.splice(at, 1);
    return [];
  });
}

/** What became of a case. */
export interface Outcome {
  /** Whether the client got private content. */
  readonly leaked: boolean;
  /** Denied writes that reached the server. */
  readonly writes: readonly string[];
  /** Ids of responses that the client did not get. */
  readonly unanswered: readonly string[];
  /** Number of HTTP exchanges whose answer did not end; absent for none. */
  readonly open?: number;
  /** What is wrong with a public read afterwards; empty when it was answered, or when the session ended with a sentence. */
  readonly afterwards: string;
}

/** The outcome of a case that the guard held. */
export const held = 'held';

/** An outcome in words, which a failed test shows. */
export function inWords({ leaked, writes, unanswered, open = 0, afterwards }: Outcome): string {
  const faults = [
    ...(leaked ? ['LEAK: the client got the private content'] : []),
    ...writes.slice(0, 1).map((write) => `WRITE: the server was asked for ${write}`),
    ...(unanswered.length > 0 ? [`HANG: no response with the id ${unanswered.join(', ').slice(0, 60)}`] : []),
    ...(open > 0 ? [`HANG: ${open} answers of HTTP did not end`] : []),
    ...(afterwards === '' ? [] : [`AFTERWARDS: ${afterwards}`]),
  ];
  return faults.length === 0 ? held : faults.join('; ');
}

/** Waits until something holds, with a short step; gives up after `limitMs` milliseconds. */
export async function soon(holds: () => boolean, limitMs: number): Promise<void> {
  const began = performance.now();
  while (!holds() && performance.now() - began < limitMs) {
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}
