/** Texts of a comparison of two runs: its counts as lines, a changed call as lines, and all of it as Markdown for a pull request. */
import { cutText } from '../base/cutText.ts';
import { jsonText } from '../base/jsonText.ts';
import { count } from '../difc/account/quirk.ts';
import { changeKinds, changeTitles } from '../difc/record/changeKind.ts';
import type { ChangedCall, DiffCounts } from './runDiff.ts';

const argsLength = 100;
/** Most calls in a Markdown report, which a pull request shows whole. */
const markdownCalls = 50;

/** `3 of 32 calls are decided differently`, and the calls that one run does not have. */
export function diffHeadline({ compared, changed, added, removed, uncompared }: DiffCounts): string {
  const main =
    changed === 0
      ? `All ${count(compared, 'call')} are decided as before`
      : `${changed} of ${count(compared, 'call')} ${changed === 1 ? 'is' : 'are'} decided differently`;
  const extra = [
    ...(added === 0 ? [] : [`${count(added, 'call')} more than before`]),
    ...(removed === 0 ? [] : [`${count(removed, 'call')} missing`]),
    ...(uncompared === 0 ? [] : [`${count(uncompared, 'call')} without a recorded decision`]),
  ];
  return [compared === 1 && changed === 0 ? 'The call is decided as before' : main, ...extra].join('; ');
}

/** One line for each kind that occurs: its name, how many calls, and for outcomes what became of them. */
export function diffCountLines({ kinds, outcomes }: DiffCounts): readonly string[] {
  return changeKinds.flatMap((kind): readonly string[] => {
    const calls = kinds.get(kind) ?? 0;
    if (calls === 0) return [];
    const flips = kind === 'outcome' ? [...outcomes].map(([flip, times]) => `${flip} ${times}`).join(', ') : '';
    return [`${changeTitles[kind].padEnd(18)}${String(calls).padStart(6)}${flips === '' ? '' : `  ${flips}`}`];
  });
}

/** A changed call as a line about the call and one for each change. `places`: with the JSON Pointers into the record. */
export function changedCallLines(call: ChangedCall, places = true): readonly string[] {
  const { tool, changes } = call;
  const head = `${numberOf(call)}  ${tool}  ${argsText(call)}`;
  if (changes.length === 0)
    return [head, `      ${call.before === null ? 'is not in the first run' : 'is not in the second run'}`];
  const lines = changes.map(({ kind, text, pointer }) => {
    return `      ${changeTitles[kind].padEnd(18)}${text}${places ? `  ${pointer}` : ''}`;
  });
  return [head, ...lines];
}

/** A report in Markdown: the counts, and a table with the first changed calls. `title`: what was compared. */
export function diffMarkdown(title: string, counts: DiffCounts, calls: readonly ChangedCall[]): string {
  const rows = calls.slice(0, markdownCalls).map((call) => {
    const texts =
      call.changes.length === 0
        ? [call.before === null ? 'new call' : 'call is gone']
        : call.changes.map(({ kind, text }) => `**${changeTitles[kind]}**: ${markdownCell(text)}`);
    return `| ${numberOf(call).trim()} | \`${code(call.tool)}\` | \`${code(argsText(call))}\` | ${texts.join('<br>')} |`;
  });
  const total = counts.changed + counts.added + counts.removed;
  return [
    `### ${markdownCell(title)}`,
    '',
    `${diffHeadline(counts)}.`,
    ...(counts.kinds.size === 0 ? [] : ['', '| what | calls |', '| --- | --- |']),
    ...changeKinds.flatMap((kind) => {
      const times = counts.kinds.get(kind) ?? 0;
      const flips =
        kind === 'outcome' ? ` (${[...counts.outcomes].map(([flip, n]) => `${flip} ${n}`).join(', ')})` : '';
      return times === 0 ? [] : [`| ${changeTitles[kind]}${flips === ' ()' ? '' : flips} | ${times} |`];
    }),
    ...(rows.length === 0 ? [] : ['', '| call | tool | arguments | change |', '| --- | --- | --- | --- |', ...rows]),
    ...(total > rows.length ? ['', `${total - rows.length} more calls are not shown.`] : []),
    '',
  ].join('\n');
}

/** The number of a call as tables count it, from 1; both numbers when they differ. */
function numberOf({ before, after }: ChangedCall): string {
  const shown = (after ?? before ?? 0) + 1;
  const was = before !== null && after !== null && before !== after ? ` (was ${before + 1})` : '';
  return `${String(shown).padStart(4)}${was}`;
}

function argsText({ args }: ChangedCall): string {
  return cutText(jsonText(args), argsLength);
}

/** Text within a cell of a Markdown table. */
export function markdownCell(text: string): string {
  return text.replaceAll(/[\\`*_<>|[\]]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ');
}

/** Text within back-quotes in a cell of a table. */
function code(text: string): string {
  return text
    .replaceAll('`', "'")
    .replaceAll('|', String.raw`\|`)
    .replaceAll(/\s+/g, ' ');
}
