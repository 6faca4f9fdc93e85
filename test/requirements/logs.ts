/** The gateway’s proxy mode, logs and sanitiser: behaviours 321 to 331 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const logs = gatewayBehaviours('Proxy, logs, sanitiser', [
  [321, 'Proxy mode: errors of the guard and denied writes are HTTP answers.', 'proxy/handler_difc_test.go:103'],
  [
    322,
    'Proxy mode: missing labels, strict mode, and the envelope of a filtered list.',
    'proxy/handler_difc_test.go:208',
  ],
  [323, 'Proxy mode: GraphQL answers, untouched and rebuilt.', 'proxy/handler_difc_test.go:313'],
  [324, 'Proxy mode: accumulation, and requests before it is ready.', 'proxy/handler_difc_test.go:486'],
  [
    325,
    "Records of the gateway's log have fields, directions, errors, the wrapper of invalid JSON and empty payloads, one per line.",
    'logger/jsonl_logger_test.go:56',
  ],
  [326, "Records have the agent's tags, or none.", 'logger/jsonl_logger_test.go:663'],
  [327, 'Records of withheld items and of passed-through requests.', 'logger/jsonl_logger_test.go:557'],
  [328, 'A logged response has the result or the error.', 'mcp/connection_logging_test.go:16'],
  [329, "The gateway's own text and markdown lines.", 'logger/rpc_logger_test.go:16'],
  [
    330,
    "The gateway's sanitiser hides tokens, passwords, keys and hashes in a text, and nothing else.",
    'sanitize/sanitize_test.go:23',
  ],
  [331, 'A sanitised payload is JSON, in a wrapper if necessary.', 'sanitize/sanitize_test.go:148'],
]);
