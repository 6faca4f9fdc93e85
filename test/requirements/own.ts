/** What Guardscope promises beside the gateway's behaviour. */
import { ownPromises } from './requirement.ts';

export const own = ownPromises('Our own promises', [
  ['parity', 'Every recorded answer of the gateway is given again, or stands in the table of deviations.', 'README.md'],
  [
    'deviations-are-data',
    'What V8 cannot reproduce is listed as data and asserted to differ in just that way.',
    'src/README.md',
  ],
  [
    'exit-codes',
    'The exit code of the command line tells fine, wrong usage, a guard that did not load, and one that trapped.',
    'README.md',
  ],
  ['readers-never-throw', 'Readers of input return a value and problems, whatever the text.', 'src/README.md'],
  ['problems-have-places', 'A problem of a policy tells where it is.', 'src/README.md'],
  ['cut-capture', 'A capture that is cut at any byte loses its last line only.', 'src/README.md'],
  ['nothing-lost-silently', 'Lines that cannot be read are told with their place.', 'src/README.md'],
  ['arrows', 'Rooms import only what the map allows.', 'src/README.md'],
  ['core-is-pure', 'The core uses no platform, no clock and no randomness.', 'src/README.md'],
  ['commands-and-settings', 'Commands and settings agree between code, manifest and README.', 'README.md'],
  ['one-instance-in-order', 'Calls of one guard run in order on one instance.', 'src/README.md'],
  ['guard-dies-alone', "A guard's thread that dies ends its call with a sentence, and nothing else.", 'src/README.md'],
  ['kept-after-deadline', 'What a call did before its deadline is kept.', 'src/README.md'],
  ['log-limits', 'Log lines and output of a call are kept up to a limit, and the rest is counted.', 'src/README.md'],
  ['live-backend', 'A guard may ask a backend that answers later.', 'src/README.md'],
  [
    'recorded-answers',
    'Look-ups are answered from the trace, and one that is missing is told apart from a failure.',
    'src/README.md',
  ],
  ['close-together', 'Closing closes every part, and reports what failed together.', 'src/README.md'],
  ['decision-explained', 'Every decision has an account in sentences.', 'README.md'],
  ['quirks-pointed-out', 'Surprises of the gateway are pointed out where they happen.', 'README.md'],
  ['redacted-values', "Values that the gateway's log redacted are recovered where they can be, and told.", 'README.md'],
  [
    'sample-replays',
    'The sample session replays to the bytes that its guard wrote while it was captured.',
    'README.md',
  ],
  ['large-logs', 'A log of a hundred thousand calls is read in seconds.', 'src/README.md'],
  ['rows-in-ranges', 'The panel asks for ranges and gets the rows of its page only.', 'src/README.md'],
  ['policy-hints', "A mistake in a policy comes with the gateway's words and the next step.", 'README.md'],
  ['schema-from-fields', 'The schema of policies knows exactly the fields that the checks know.', 'src/README.md'],
]);
