/** Policies as they are configured: behaviours 258 to 290 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const policies = gatewayBehaviours('Configured policies', [
  [
    258,
    'A level is trimmed and in lower case; an optional one may be empty; others are refused.',
    'config/guard_policy_test.go:30, config/guard_policy_validation_test.go:408',
  ],
  [
    259,
    'Only an allow-only policy has a normal form.',
    'config/guard_policy_test.go:75, config/guard_policy_validation_test.go:180',
  ],
  [260, 'repos as a word counts in any case and padding; other words are refused.', 'config/guard_policy_test.go:85'],
  [
    261,
    'repos as a list is sorted; empty, repeated and wrong entries are refused.',
    'config/guard_policy_test.go:129, config/guard_policy_validation_test.go:227',
  ],
  [262, 'Users and labels are kept once in any case, and blank ones refused.', 'config/guard_policy_test.go:224'],
  [263, 'Reactions are in upper case, each once, and their levels checked.', 'config/guard_policy_test.go:1148'],
  [
    264,
    'Limits of tool calls are kept, 0 among them; negative ones and blank names are refused.',
    'config/guard_policy_test.go:1100, config/guard_policy_coverage_test.go:93',
  ],
  [
    265,
    'The labels of promotion and demotion are trimmed, and absent when they are.',
    'config/guard_policy_test.go:1309',
  ],
  [266, 'What is a repository scope.', 'config/guard_policy_test.go:460'],
  [267, 'What is none.', 'config/guard_policy_test.go:471'],
  [268, 'What is an owner and what a repository name.', 'config/guard_policy_test.go:506'],
  [
    269,
    'A policy is JSON with one of two keys, in the current or the older spelling, and no other.',
    'config/guard_policy_test.go:655',
  ],
  [270, 'A policy is neither number nor text nor list.', 'config/guard_policy_str_expr_test.go:144'],
  [271, 'What an allow-only object has to hold and may hold.', 'config/guard_policy_test.go:716'],
  [272, 'A field of a wrong type is refused by its name.', 'config/guard_policy_unmarshal_coverage_test.go:151'],
  [273, 'The forms of refusal-labels, and what is none.', 'config/guard_policy_str_expr_test.go:24'],
  [274, 'A policy is written with the current key and without what is empty.', 'config/guard_policy_test.go:882'],
  [
    275,
    'A policy becomes a map of its own, and what cannot become one is an error.',
    'config/guard_policy_marshal_test.go:12, config/guard_policy_str_expr_test.go:174',
  ],
  [
    276,
    'The text of a policy is refused for its syntax, its structure, its level or what it lacks; valid ones of each form are taken.',
    'config/guard_policy_test.go:1017, config/config_difc_test.go:445',
  ],
  [277, 'Scopes may have underscores but no dots.', 'config/config_difc_test.go:469'],
  [
    278,
    'What a write-sink policy accepts and what is refused.',
    'config/config_difc_test.go:494, config/guard_policy_validation_test.go:85',
  ],
  [279, "The entries of a write-sink's list.", 'config/config_guardpolicies_test.go:443'],
  [
    280,
    'The wildcard stands alone.',
    'config/config_guardpolicies_test.go:612, config/guard_policy_validation_test.go:97',
  ],
  [
    281,
    'The visibilities of a sink, in any case and padding.',
    'config/config_guardpolicies_test.go:638, config/guard_policy_validation_test.go:119',
  ],
  [282, "Blank entries of a write-sink's list are refused.", 'config/guard_policy_coverage_test.go:13'],
  [
    283,
    'A map without a policy has none; current and older forms are found; a missing or bad level is an error.',
    'config/guard_policy_parse_test.go:24',
  ],
  [284, 'In the older form min-integrity goes before integrity.', 'config/guard_policy_parse_test.go:567'],
  [
    285,
    "A server's policy is the map itself, or under its id, or under the only key.",
    'config/guard_policy_parse_test.go:213',
  ],
  [
    286,
    'An allow-only policy from four values: what makes one and what is refused.',
    'config/guard_policy_parse_test.go:375',
  ],
  [
    287,
    "Flags go before the environment's JSON, and that before its values; a bad one is an error.",
    'config/guard_policy_override_test.go:24',
  ],
  [
    288,
    'scope_kind is put right on a copy.',
    'config/guard_policy_unmarshal_coverage_test.go:20, server/resolve_guard_policy_test.go:22',
  ],
  [
    289,
    "The gateway's configuration carries policies in all forms, as TOML and as JSON.",
    'config/config_guardpolicies_test.go:12',
  ],
  [
    290,
    'The guards section of a configuration is read, extension fields aside; a bad policy is refused.',
    'config/config_difc_test.go:13',
  ],
]);
