/** Guards that need no module: behaviours 239 to 251 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const builtIn = gatewayBehaviours('Built-in guards', [
  [239, 'The noop guard labels nothing: read-write, strict, no items.', 'guard/guard_test.go:50'],
  [240, 'A server without a guard has the noop guard.', 'guard/guard_test.go:168'],
  [241, 'Whether any guard has rules.', 'guard/guard_test.go:425'],
  [242, 'Built-in guards by name: noop or nothing; everything else is unknown.', 'guard/guard_test.go:542'],
  [243, 'An agent without an id is "default".', 'guard/guard_test.go:643'],
  [244, 'The two names of the safe-outputs server are exact.', 'guard/guard_test.go:1359'],
  [245, 'The write-sink guard has its name, filter mode, and no agent labels.', 'guard/write_sink_test.go:17'],
  [
    246,
    "A write-sink's accepted tags are its secrecy, every call is a write, and nothing is labelled item by item.",
    'guard/write_sink_test.go:32',
  ],
  [
    247,
    "A write passes when the sink accepts all the agent's secrecy; the noop guard would deny it.",
    'guard/write_sink_test.go:122',
  ],
  [248, 'What is accepted has to equal the tags: no prefixes, no parts.', 'guard/write_sink_test.go:213'],
  [249, 'A wildcard accepts every agent.', 'guard/write_sink_test.go:507'],
  [250, 'A public sink takes only agents without secrecy, and says that it is public.', 'guard/write_sink_test.go:563'],
  [251, 'Other visibilities change nothing.', 'guard/write_sink_test.go:606'],
]);
