/** What the server makes of a call: behaviours 291 to 320 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const server = gatewayBehaviours('The server', [
  [
    291,
    "A failing label_resource ends the call with the gateway's two prefixes.",
    'server/call_backend_tool_difc_test.go:186',
  ],
  [
    292,
    'A denied write gets the violation text and nothing of the backend.',
    'server/call_backend_tool_difc_test.go:211',
  ],
  [
    293,
    'A read that the coarse check denies goes on, and without item labels its result is handed on.',
    'server/call_backend_tool_difc_test.go:242',
  ],
  [294, "A failing backend is the call's error, as it is.", 'server/call_backend_tool_difc_test.go:275'],
  [
    295,
    'A failing label_response ends the call; a write does not ask it.',
    'server/call_backend_tool_difc_test.go:331',
  ],
  [296, 'Strict mode blocks a response with a withheld item.', 'server/call_backend_tool_difc_test.go:408'],
  [297, 'Filter mode hands on the rest and a notice.', 'server/call_backend_tool_difc_test.go:454'],
  [298, "Without item labels the backend's result is handed on.", 'server/call_backend_tool_difc_test.go:506'],
  [
    299,
    'A list whose items are all withheld is an empty list with a notice, and a success.',
    'server/call_backend_tool_difc_test.go:531',
  ],
  [300, 'The single item of a tool for one thing, withheld, is an error.', 'server/call_backend_tool_difc_test.go:594'],
  [301, 'A list that was empty anyway has no notice.', 'server/call_backend_tool_difc_test.go:645'],
  [
    302,
    'The single item of a list tool, withheld, is a notice and no error.',
    'server/call_backend_tool_difc_test.go:695',
  ],
  [303, 'Propagate mode adds what was read to the agent.', 'server/call_backend_tool_difc_test.go:756'],
  [
    304,
    'A failing label_agent ends the first call as a failed initialisation.',
    'server/call_backend_tool_difc_test.go:803',
  ],
  [
    305,
    'Limits of tool calls count per session; 0 and absent are none.',
    'server/call_backend_tool_difc_test.go:824, server/enforce_tool_call_limit_test.go:39',
  ],
  [
    306,
    'Initialising: no policy means the default mode; an error ends the call; success is remembered; the mode has to be valid.',
    'server/ensure_guard_initialized_test.go:104',
  ],
  [
    307,
    'Initialising adds the guard’s tags to the agent, anew for another policy; a replay is of one server.',
    'server/ensure_guard_initialized_test.go:293',
  ],
  [
    308,
    'Which guard serves a server: none, noop, write-sink, a module or an unknown type.',
    'server/register_guard_test.go:27',
  ],
  [
    309,
    'A guard without a policy gives way to noop, unless the server has policies.',
    'server/require_guard_policy_test.go:47',
  ],
  [310, 'Where the policy of a server comes from, in which order.', 'server/resolve_guard_policy_test.go:117'],
  [
    311,
    'A write-sink takes a write after a secret read that it accepts, refuses one that it does not, and noop refuses it.',
    'server/write_sink_guard_test.go:173',
  ],
  [
    312,
    'In a public workflow the gateway narrows policies to public repositories.',
    'server/force_public_repos_test.go:19',
  ],
  [
    313,
    'The visibility of a sink: what is exempt, and what the repository decides.',
    'server/sink_visibility_test.go:17',
  ],
  [314, 'The record of a withheld item: its fields, its author and its number.', 'server/difc_log_test.go:96'],
  [315, 'The notice: nothing, one, up to five by name, more without; which policy.', 'server/difc_log_test.go:371'],
  [316, 'The error of a single withheld item.', 'server/difc_log_test.go:604'],
  [317, 'Which tools name one thing.', 'server/tool_policy_test.go:9'],
  [
    318,
    "A backend's result on its way to the client, by its forms and its content items.",
    'mcp/tool_result_test.go:17',
  ],
  [319, "What of a backend's result cannot be converted.", 'mcp/tool_result_test.go:483'],
  [
    320,
    'Arguments that are missing are an empty object, null stays null, others are refused.',
    'mcp/tool_result_test.go:291',
  ],
]);
