/** The policy in the input of label_agent: behaviours 75 to 110 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const policyPayload = gatewayBehaviours('Policy payload', [
  [75, 'label_agent requires a policy.', 'guard/wasm_test.go:366'],
  [76, 'A blank policy string is refused as empty.', 'guard/wasm_test.go:372'],
  [77, 'A policy string that is not JSON is refused.', 'guard/wasm_test.go:384, guard/guard_test.go:791'],
  [78, 'A policy string must contain an object.', 'guard/wasm_test.go:390'],
  [
    79,
    'A policy string that contains an object is read as that object.',
    'guard/wasm_test.go:396, guard/guard_test.go:781',
  ],
  [80, 'Objects, and values that are neither strings nor objects, are unchanged.', 'guard/wasm_test.go:406'],
  [81, 'The shape check refuses a missing policy.', 'guard/wasm_test.go:439, guard/guard_test.go:875'],
  [
    82,
    'The older envelope around a policy is refused with the advice to remove it.',
    'guard/wasm_test.go:445, guard/guard_test.go:813',
  ],
  [83, 'The payload must have allow-only at the top level.', 'guard/wasm_test.go:461, guard/guard_test.go:828'],
  [84, 'allow-only must be an object.', 'guard/guard_test.go:926'],
  [85, 'allow-only needs both repos and a level.', 'guard/wasm_test.go:471, guard/guard_test.go:935'],
  [86, 'An empty list of repositories is refused.', 'guard/wasm_test.go:495'],
  [87, 'repos is all, public or a list of scopes.', 'guard/guard_test.go:838'],
  [88, 'A level must be one of the four.', 'guard/wasm_test.go:508, guard/guard_test.go:851'],
  [89, 'A level that is not a string is refused like an unknown one.', 'guard/guard_test.go:970'],
  [90, 'Valid policies of all four levels are accepted.', 'guard/wasm_test.go:521, guard/guard_test.go:1190'],
  [
    91,
    'The older spellings of allow-only and of the level are accepted.',
    'guard/wasm_test.go:535, guard/guard_test.go:881',
  ],
  [92, 'trusted-bots may be beside allow-only.', 'guard/wasm_test.go:577, guard/guard_test.go:913'],
  [93, 'Any other key at the top level is refused by name.', 'guard/wasm_test.go:593, guard/guard_test.go:900'],
  [
    94,
    'trusted-bots is a non-empty list of strings that are not blank.',
    'guard/wasm_test.go:607, guard/guard_test.go:1038',
  ],
  [
    95,
    'blocked-users and approval-labels are lists of strings that are not blank.',
    'guard/wasm_test.go:678, guard/guard_test.go:982',
  ],
  [
    96,
    'refusal-labels may be a list or a string that is split at commas and lines, and is trimmed.',
    'guard/wasm_test.go:710',
  ],
  [97, 'trusted-users is a list of strings that are not blank.', 'guard/wasm_test.go:779, guard/guard_test.go:1070'],
  [98, 'An unknown key inside allow-only is refused by name.', 'guard/wasm_test.go:904, guard/guard_test.go:957'],
  [99, 'Reactions are lists of strings that are not blank.', 'guard/wasm_test.go:918, guard/guard_test.go:1094'],
  [
    100,
    'The levels of disapproval and of endorsers are checked when they are given.',
    'guard/wasm_test.go:946, guard/guard_test.go:1142',
  ],
  [
    101,
    'A list of labels is trimmed and may be empty; a number or a boolean is refused.',
    'guard/wasm_payload_test.go:95',
  ],
  [102, 'A string of labels is split at commas and line ends.', 'guard/wasm_payload_test.go:128'],
  [
    103,
    'A string of labels must contain at least one label; blank parts are dropped.',
    'guard/wasm_payload_test.go:154',
  ],
  [
    104,
    'Without bots and users the policy is sent unchanged.',
    'guard/wasm_test.go:1013, guard/build_label_agent_payload_test.go:22',
  ],
  [
    105,
    'Trusted bots are added at the top level of the payload in order; the policy itself is not modified.',
    'guard/wasm_test.go:1035, guard/build_label_agent_payload_test.go:38',
  ],
  [
    106,
    'Trusted users are added to allow-only, if there is one.',
    'guard/wasm_test.go:1107, guard/build_label_agent_payload_test.go:68',
  ],
  [
    107,
    'A payload with bots and users passes the check.',
    'guard/wasm_test.go:1057, guard/build_label_agent_payload_test.go:96',
  ],
  [
    108,
    'A policy that is not an object gets neither bots nor users.',
    'guard/wasm_test.go:1178, guard/build_label_agent_payload_test.go:126',
  ],
  [109, 'Given bots replace those of the policy.', 'guard/build_label_agent_payload_test.go:264'],
  [
    110,
    'Valid values of repos are accepted, others are refused.',
    'guard/guard_test.go:1225, config/guard_policy_string_validation_test.go:192',
  ],
]);
