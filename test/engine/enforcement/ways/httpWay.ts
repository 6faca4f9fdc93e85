/** What a case over HTTP is: the bytes of whole requests, and what the server does with a request that it carries out. */
import type { HttpRequests } from '../rig/httpTrials.ts';
import type { Owed } from '../rig/verdict.ts';
import type { Behaviour } from '../server/hostileServer.ts';
import type { Respond } from '../server/httpServer.ts';
import { callText, type Parts } from './way.ts';

export interface HttpWay {
  readonly name: string;
  /** Each request on a connection of its own, in pieces. */
  readonly sends: (parts: Parts, make: HttpRequests) => readonly (readonly Buffer[])[];
  /** Requests that open streams, before the others. */
  readonly listens?: (parts: Parts, make: HttpRequests) => readonly Buffer[];
  /** The responses that the client must get; default: one with the id of the case. */
  readonly owed?: (parts: Parts) => Owed;
  readonly server?: Behaviour;
  /** What the server does with a request for private content; default: it answers as the carrier says. */
  readonly respond?: Respond;
  /** Whether the case has a session of its own. */
  readonly ownSession?: true;
  /** Whether the answers need not come to an end. */
  readonly staysOpen?: true;
  readonly passesByDesign?: true;
}

/** The same trick with the read of a private file and with a denied write. */
export function readAndWriteOverHttp(
  name: string,
  sends: (call: string, make: HttpRequests, parts: Parts) => readonly (readonly Buffer[])[],
  more: Omit<HttpWay, 'name' | 'sends'> = {},
): readonly HttpWay[] {
  return [
    { name: `${name}: a private read`, sends: (p, make) => sends(callText(p.id, p.privateRead), make, p), ...more },
    { name: `${name}: a denied write`, sends: (p, make) => sends(callText(p.id, p.write), make, p), ...more },
  ];
}
