/** The handling of a call by the server: behaviours 291 to 320 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const server = gatewayBehaviours('The server', [
  [
    291,
    "A failing label_resource ends the call with the gateway's two prefixes.",
    'server/call_backend_tool_difc_test.go:186',
  ],
  [
    292,
    'A denied write gets the violation text, and the backend is not called.',
    'server/call_backend_tool_difc_test.go:211',
  ],
  [
    293,
    'A read that the coarse check denies continues, and without item labels its result is passed on.',
    'server/call_backend_tool_difc_test.go:242',
  ],
  [294, 'An error of the backend is the unchanged error of the call.', 'server/call_backend_tool_difc_test.go:275'],
  [
    295,
    'A failure of label_response ends the call; it is not called for a write.',
    'server/call_backend_tool_difc_test.go:331',
  ],
  [296, 'Strict mode blocks a response with a withheld item.', 'server/call_backend_tool_difc_test.go:408'],
  [297, 'Filter mode passes on the accessible items with a notice.', 'server/call_backend_tool_difc_test.go:454'],
  [298, "Without item labels the backend's result is passed on.", 'server/call_backend_tool_difc_test.go:506'],
  [
    299,
    'A list whose items are all withheld gives an empty list with a notice, not an error.',
    'server/call_backend_tool_difc_test.go:531',
  ],
  [300, 'A withheld single item of a singular tool is an error.', 'server/call_backend_tool_difc_test.go:594'],
  [301, 'An empty list has no notice.', 'server/call_backend_tool_difc_test.go:645'],
  [
    302,
    'A withheld single item of a list tool gives a notice, not an error.',
    'server/call_backend_tool_difc_test.go:695',
  ],
  [303, 'Propagate mode adds the labels of a read to the agent.', 'server/call_backend_tool_difc_test.go:756'],
  [
    304,
    'A failing label_agent ends the first call as a failed initialisation.',
    'server/call_backend_tool_difc_test.go:803',
  ],
  [
    305,
    'Limits of tool calls apply per session; 0 and a missing limit mean no limit.',
    'server/call_backend_tool_difc_test.go:824, server/enforce_tool_call_limit_test.go:39',
  ],
  [
    306,
    'Initialisation: without a policy the default mode applies; an error ends the call; it runs once; the mode must be valid.',
    'server/ensure_guard_initialized_test.go:104',
  ],
  [
    307,
    'Initialisation adds the guard’s tags to the agent, again for another policy; a replay has one server.',
    'server/ensure_guard_initialized_test.go:293',
  ],
  [
    308,
    'The guard of a server is none, noop, write-sink, a module or of an unknown type.',
    'server/register_guard_test.go:27',
  ],
  [
    309,
    'A guard without a policy is replaced by noop, unless the server has policies.',
    'server/require_guard_policy_test.go:47',
  ],
  [
    310,
    'The policy of a server comes from several sources in a fixed order.',
    'server/resolve_guard_policy_test.go:117',
  ],
  [
    311,
    'After a read of a secret, a write-sink that accepts it allows a write; another write-sink and noop refuse it.',
    'server/write_sink_guard_test.go:173',
  ],
  [
    312,
    'In a public workflow the gateway narrows policies to public repositories.',
    'server/force_public_repos_test.go:19',
  ],
  [313, 'The visibility of a sink depends on exemptions and on the repository.', 'server/sink_visibility_test.go:17'],
  [314, 'The record of a withheld item has its fields, its author and its number.', 'server/difc_log_test.go:96'],
  [315, 'The notice names up to five withheld items and the policy.', 'server/difc_log_test.go:371'],
  [316, 'A single withheld item has its own error text.', 'server/difc_log_test.go:604'],
  [317, 'The name of a tool determines whether it is singular.', 'server/tool_policy_test.go:9'],
  [
    318,
    "A backend's result is converted for the client by its form and its content items.",
    'mcp/tool_result_test.go:17',
  ],
  [319, "A backend's result that cannot be converted is an error.", 'mcp/tool_result_test.go:483'],
  [320, 'Missing arguments are an empty object, null remains null, others are refused.', 'mcp/tool_result_test.go:291'],
]);
