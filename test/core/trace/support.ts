/** Shared by the trace tests: the documented example lines of a gateway log, and short forms of traces. */
import type { Problem } from '../../../src/core/base/parsed.ts';
import type { Trace } from '../../../src/core/trace/model/traceModel.ts';

/** One line of every kind: a look-up, a call of a sink server with its filter record, an error, a redacted request, an event. */
export const exampleLog = String.raw`
{"timestamp":"2026-03-04T10:15:30.101Z","event":"rpc_request","_schema":"rpc-message/v2","direction":"OUT","server_id":"github","method":"tools/call","payload":{"jsonrpc":"2.0","method":"tools/call","params":{"arguments":{"perPage":10,"query":"repo:acme/widget"},"name":"search_repositories"}}}
{"timestamp":"2026-03-04T10:15:30.402Z","event":"rpc_response","_schema":"rpc-message/v2","direction":"IN","server_id":"github","payload":{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"{\"total_count\":1,\"items\":[{\"full_name\":\"acme/widget\",\"private\":false}]}"}]}}}
{"timestamp":"2026-03-04T10:15:30.405Z","event":"rpc_request","_schema":"rpc-message/v2","direction":"OUT","server_id":"github","method":"tools/call","agent_secrecy":["private:acme/widget"],"agent_integrity":["none:acme/widget","approved:acme/widget","unapproved:acme/widget"],"payload":{"jsonrpc":"2.0","method":"tools/call","params":{"arguments":{"owner":"acme","repo":"widget","state":"OPEN"},"name":"list_issues"}}}
{"timestamp":"2026-03-04T10:15:31.020Z","event":"rpc_response","_schema":"rpc-message/v2","direction":"IN","server_id":"github","agent_secrecy":["private:acme/widget"],"agent_integrity":["none:acme/widget","approved:acme/widget","unapproved:acme/widget"],"payload":{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"[{\"number\":7,\"title\":\"a \u003c b\",\"user\":{\"login\":\"mallory\"},\"author_association\":\"NONE\"}]"}]}}}
{"timestamp":"2026-03-04T10:15:31.034Z","event":"difc_filtered","_schema":"difc-filtered/v2","server_id":"github","tool_name":"list_issues","description":"issue:acme/widget#7","reason":"Resource 'issue:acme/widget#7' has lower integrity than agent requires. The agent cannot read data with integrity below \"approved\".","secrecy_tags":[],"integrity_tags":["unapproved:acme/widget","none:acme/widget"],"author_association":"NONE","author_login":"mallory","number":"7"}
{"timestamp":"2026-03-04T10:15:45.000Z","event":"rpc_response","_schema":"rpc-message/v2","direction":"IN","server_id":"github","error":"context deadline exceeded","payload":{"_error":"invalid JSON","_raw":""}}
{"timestamp":"2026-03-04T10:16:02.512Z","event":"rpc_request","_schema":"rpc-message/v2","direction":"OUT","server_id":"vault","method":"tools/call","payload":{"_error":"invalid JSON","_raw":"{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"arguments\":{\"token\"=[REDACTED]},\"name\":\"login\"}}"}}
{"timestamp":"2026-03-04T10:17:00.000Z","event":"unrecognized_endpoint_passthrough","_schema":"difc-event/v1","method":"GET","path":"/repos/acme/widget/unknown-thing","action":"passthrough_with_empty_labels","note":"Endpoint not in route table or metadata allowlist -- forwarded with no integrity and no secrecy labels"}
`.slice(1);

/** `code:line` of every problem, in order. */
export function codes({ problems }: Trace): readonly string[] {
  return problems.map(({ code, position }) => (position?.line === undefined ? code : `${code}:${position.line}`));
}

export function problemOf({ problems }: Trace, code: string): Problem | undefined {
  return problems.find((problem) => problem.code === code);
}

export function callNames({ calls }: Trace): readonly string[] {
  return calls.map(({ tool }) => tool);
}
