/** Finds what a guard itself wrote about its death: the message of a panic, an assertion or an abort. */
import { cutText } from '../../base/cutText.ts';
import type { GuardCallRecord, LogLine } from '../record/guardCall.ts';

/** What a guard wrote before it stopped. */
export interface LastWords {
  /** `panicked`: the message of a panic. `wrote`, `logged`: the last text before a deliberate stop, which may be its cause. */
  readonly kind: 'panicked' | 'wrote' | 'logged';
  /** On one line, and cut to a length. */
  readonly text: string;
  /** `file:line:column` as the message has it; empty when it has none. */
  readonly place: string;
}

/** Longest text that is quoted in a sentence, in UTF-16 units. The whole text is in the log. */
const longestQuote = 300;

/** How much of a text's end is searched for a panic, which a guard writes last. */
const searchedLength = 32_768;

/** What a guard left in one entry: a guard call, or its start. */
export type GuardTexts = Pick<GuardCallRecord, 'stdout' | 'stderr'> & {
  readonly log: readonly Pick<LogLine, 'level' | 'message'>[];
};

/** The last words of a guard that ended with `error`; null when it wrote nothing that explains its end. */
export function lastWords({ stdout, stderr, log }: GuardTexts, error: string): LastWords | null {
  if (!ownEnd.test(error)) return null;
  const texts = [stderr, ...log.toReversed().map(({ message }) => message), stdout];
  for (const text of texts) {
    const panic = text === '' ? null : panicIn(text);
    if (panic !== null) return panic;
  }
  // Of the traps, only these are made on purpose. What was written before another trap may have nothing to do with it.
  if (!deliberate.test(error)) return null;
  const logged = log.findLast(({ level }) => level === errorLevel)?.message ?? '';
  if (logged.trim() !== '') return { kind: 'logged', text: quoted(logged), place: '' };
  const written = stderr.trim() === '' ? stdout : stderr;
  return written.trim() === '' ? null : { kind: 'wrote', text: quoted(lastLines(written)), place: '' };
}

const errorLevel = 3;
/** A trap or an exit. The end of a context, a stack overflow and a negative code have other reasons than what the guard wrote. */
const ownEnd = /wasm error: |module closed with exit_code/;
const deliberate = /wasm error: unreachable|module closed with exit_code/;

/** Patterns of panics; groups `text` and `place`. Each toolchain has one form, or one for each of its ages. */
const panics: readonly RegExp[] = [
  // Rust since 1.73: the message is on the next lines, up to the note or the end.
  /^thread '[^\n]*?'(?: \(\d+\))? panicked at (?<place>[^\n]+:\d+:\d+):\n(?<text>[\s\S]*?)(?:\n(?:note: |stack backtrace:|thread ')|\s*$(?![\s\S]))/m,
  // Rust until 1.72.
  /^thread '[^\n]*?' panicked at '(?<text>[\s\S]*?)', (?<place>[^\n]+?:\d+:\d+)/m,
  // Display of Rust's PanicHookInfo, which panic hooks log.
  /^(?:[\w:]+ )?panicked at (?<place>[^\n]+?:\d+:\d+):\n(?<text>[\s\S]*?)\s*$(?![\s\S])/m,
  // AssemblyScript.
  /^abort: (?<text>[\s\S]*?) in (?<place>\S+?\(\d+:\d+\))\s*$/m,
  // wasi-libc.
  /^Assertion failed: (?<text>.+?) \((?<place>[^\n:]+: [^\n:]+: \d+)\)/m,
  // glibc's form, which some C libraries use.
  /^(?:[^\n:]*: )?(?<place>[^\n:]+:\d+): [^\n]*?: (?<text>Assertion `.*' failed)/m,
  // Zig, with or without a thread.
  /^(?:thread \d+ )?panic: (?<text>[^\n]+)\n(?<place>[^\n]+?:\d+:\d+): 0x/m,
  // Go and TinyGo, and Zig without a stack trace. Go repeats the message of a wrapped panic on indented lines.
  /^(?:thread \d+ )?(?:panic|fatal error): (?<text>[^\n]+(?:\n\t[^\n]+)*)/m,
  /^libc\+\+abi: terminating (?<text>[^\n]+)/m,
];

function panicIn(whole: string): LastWords | null {
  const text = whole.slice(-searchedLength);
  for (const pattern of panics) {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) continue;
    const place = groups['place'] ?? goPlace(text);
    return { kind: 'panicked', text: quoted(groups['text'] ?? ''), place: placeText(place) };
  }
  return null;
}

/** The first place in a Go stack that is not the runtime's. */
function goPlace(text: string): string {
  for (const [, name = '', place = ''] of text.matchAll(/^(\S[^\n]*)\n\t([^\n]+?:\d+)(?: \+0x[\da-f]+)?$/gm)) {
    if (!/^(?:panic|runtime\.)/.test(name)) return place;
  }
  return '';
}

/** `guard.c: label_resource: 12` → `guard.c:12`; `index.ts(1:2)` → `index.ts:1:2`. */
function placeText(place: string): string {
  return place.replace(/^([^:]+): [^:]+: (\d+)$/, '$1:$2').replace(/\((\d+:\d+)\)$/, ':$1');
}

/** The last line, with the ones before it while it is indented. */
function lastLines(text: string): string {
  const lines = text.trimEnd().split('\n');
  let from = lines.length - 1;
  while (from > 0 && /^\s/.test(lines[from] ?? '')) from--;
  return lines.slice(from).join('\n');
}

function quoted(text: string): string {
  return cutText(text.trim().replaceAll(/\s*\n\s*/g, ' '), longestQuote);
}
