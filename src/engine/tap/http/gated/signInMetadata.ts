/** The metadata of a sign-in while a guard enforces: a client may need it before it can call anything, so its known members pass. */
import type { IncomingMessage } from 'node:http';
import { Failure } from '../../../../core/base/failure.ts';
import { isJsonObject, type JsonValue } from '../../../../core/base/json.ts';
import { jsonText } from '../../../../core/base/jsonText.ts';
import { parseMessage } from '../../../../core/mcp/rawMessage.ts';
import { GatheredBody } from '../bodies.ts';
import type { Exchange } from '../exchangeContext.ts';
import type { AnswerBody } from '../serverCall.ts';
import { isJsonType, mediaType } from '../upstream.ts';

/** Members that tell a client where and how to sign in (RFC 9728, RFC 8414, OpenID Connect Discovery 1.0). */
const members: readonly string[] = [
  'resource',
  'authorization_servers',
  'scopes_supported',
  'bearer_methods_supported',
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'jwks_uri',
  'response_types_supported',
  'grant_types_supported',
  'token_endpoint_auth_methods_supported',
  'code_challenge_methods_supported',
  'client_id_metadata_document_supported',
];

/** Returns what takes the body; null when the client was refused the answer. */
export function signInMetadata({ context, reply }: Exchange, incoming: IncomingMessage): AnswerBody | null {
  const status = incoming.statusCode ?? 502;
  if (status !== 200 || !isJsonType(mediaType(incoming))) {
    reply.refuse(status >= 400 ? status : 502, noMetadata(status));
    return null;
  }
  const gathered = new GatheredBody(context.maxMessageBytes);
  return {
    bytes: (chunk, taken) => {
      gathered.push(chunk);
      taken();
    },
    ended: () => {
      const value = parseMessage(gathered.bytes() ?? new Uint8Array());
      if (!isJsonObject(value)) return reply.refuse(502, noMetadata(status));
      const known = members.flatMap((name): (readonly [string, JsonValue])[] => {
        const member = value[name];
        return member === undefined ? [] : [[name, member]];
      });
      reply.send(200, '', ['Content-Type', 'application/json'], Buffer.from(jsonText(Object.fromEntries(known))));
    },
  };
}

function noMetadata(status: number): Failure {
  const message = `The server answered ${status} without metadata of a sign-in, and nothing else passes here while a guard enforces`;
  return new Failure('tap/no-metadata', message, 'None, when the server needs no sign-in');
}
