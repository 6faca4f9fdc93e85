/** Configured policies: behaviours 258 to 290 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const policies = gatewayBehaviours('Configured policies', [
  [
    258,
    'A level is trimmed and lower-cased; an optional level may be empty; unknown levels are refused.',
    'config/guard_policy_test.go:30, config/guard_policy_validation_test.go:408',
  ],
  [
    259,
    'Only an allow-only policy has a normal form.',
    'config/guard_policy_test.go:75, config/guard_policy_validation_test.go:180',
  ],
  [260, 'repos as a word may have any case and padding; unknown words are refused.', 'config/guard_policy_test.go:85'],
  [
    261,
    'repos as a list is sorted; empty, repeated and invalid entries are refused.',
    'config/guard_policy_test.go:129, config/guard_policy_validation_test.go:227',
  ],
  [
    262,
    'Duplicate users and labels are removed in any case, and blank ones refused.',
    'config/guard_policy_test.go:224',
  ],
  [
    263,
    'Reactions are upper-cased without duplicates, and their levels are checked.',
    'config/guard_policy_test.go:1148',
  ],
  [
    264,
    'Limits of tool calls are accepted, including 0; negative limits and blank names are refused.',
    'config/guard_policy_test.go:1100, config/guard_policy_coverage_test.go:93',
  ],
  [
    265,
    'The labels of promotion and demotion are trimmed, and omitted when they are missing.',
    'config/guard_policy_test.go:1309',
  ],
  [266, 'Valid repository scopes are accepted.', 'config/guard_policy_test.go:460'],
  [267, 'Invalid repository scopes are refused.', 'config/guard_policy_test.go:471'],
  [268, 'Owners and repository names are checked.', 'config/guard_policy_test.go:506'],
  [
    269,
    'A policy is JSON with one of two keys, in the current or the older spelling, and no other.',
    'config/guard_policy_test.go:655',
  ],
  [270, 'A policy cannot be a number, a string or a list.', 'config/guard_policy_str_expr_test.go:144'],
  [271, 'An allow-only object has required and optional members, and no others.', 'config/guard_policy_test.go:716'],
  [272, 'A field of a wrong type is refused with its name.', 'config/guard_policy_unmarshal_coverage_test.go:151'],
  [
    273,
    'refusal-labels are a list or a delimited string; other forms are refused.',
    'config/guard_policy_str_expr_test.go:24',
  ],
  [274, 'A policy is written with the current key and without empty members.', 'config/guard_policy_test.go:882'],
  [
    275,
    'A policy is copied to a map; a value that is not a map is an error.',
    'config/guard_policy_marshal_test.go:12, config/guard_policy_str_expr_test.go:174',
  ],
  [
    276,
    'The text of a policy is refused for its syntax, structure, level or missing members; valid texts of each form are accepted.',
    'config/guard_policy_test.go:1017, config/config_difc_test.go:445',
  ],
  [277, 'Scopes may have underscores but no dots.', 'config/config_difc_test.go:469'],
  [
    278,
    'A valid write-sink policy is accepted, an invalid one is refused.',
    'config/config_difc_test.go:494, config/guard_policy_validation_test.go:85',
  ],
  [279, "The entries of a write-sink's list are checked.", 'config/config_guardpolicies_test.go:443'],
  [
    280,
    'The wildcard must be the only entry.',
    'config/config_guardpolicies_test.go:612, config/guard_policy_validation_test.go:97',
  ],
  [
    281,
    'The visibility of a sink may have any case and padding.',
    'config/config_guardpolicies_test.go:638, config/guard_policy_validation_test.go:119',
  ],
  [282, "Blank entries of a write-sink's list are refused.", 'config/guard_policy_coverage_test.go:13'],
  [
    283,
    'A map may have no policy; current and older forms are found; a missing or invalid level is an error.',
    'config/guard_policy_parse_test.go:24',
  ],
  [284, 'In the older form min-integrity overrides integrity.', 'config/guard_policy_parse_test.go:567'],
  [
    285,
    "A server's policy is the map itself, or under its id, or under the only key.",
    'config/guard_policy_parse_test.go:213',
  ],
  [
    286,
    'An allow-only policy is built from four values; invalid combinations are refused.',
    'config/guard_policy_parse_test.go:375',
  ],
  [
    287,
    "Flags override the environment's JSON, which overrides its values; an invalid source is an error.",
    'config/guard_policy_override_test.go:24',
  ],
  [
    288,
    'scope_kind is normalized in a copy.',
    'config/guard_policy_unmarshal_coverage_test.go:20, server/resolve_guard_policy_test.go:22',
  ],
  [
    289,
    "The gateway's configuration has policies in all forms, as TOML and as JSON.",
    'config/config_guardpolicies_test.go:12',
  ],
  [
    290,
    'The guards section of a configuration is read without extension fields; an invalid policy is refused.',
    'config/config_difc_test.go:13',
  ],
]);
