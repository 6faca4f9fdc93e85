/** Prints decisions as a table: one row per call, the reason below it, and a summary at the end. */
import type { DecisionRecord, Outcome } from '../../core/difc/record/decision.ts';
import { visible } from '../../core/base/visible.ts';
import { explainDecision, explainItem } from '../../core/difc/account/explain.ts';
import { missedLookups } from '../../core/lint/strictFindings.ts';
import { ReplaySummary } from '../../engine/replay/summary.ts';
import { cutText } from '../../core/base/cutText.ts';
import { oneLine } from '../../core/present/presentRow.ts';
import { isAfterTrap } from '../../core/difc/account/guardDeath.ts';
import { guardAccount } from './guardAccount.ts';
import { type Output, type Painted, paint } from './output.ts';
import { ProblemGroups } from './problemGroups.ts';

const colours: Readonly<Record<Outcome, Painted['colour']>> = {
  allowed: 'green',
  filtered: 'yellow',
  denied: 'red',
  blocked: 'red',
  error: 'red',
};

const toolWidth = 26;
const argsWidth = 48;

/** The table of one replay. */
export class DecisionTable {
  readonly #output: Output;
  readonly #explain: boolean;
  readonly #problems: ProblemGroups;
  readonly #summary = new ReplaySummary();
  #began = false;
  #notes = 0;
  #trappedAt: number | null = null;
  readonly #docs = new Set<string>();

  constructor(output: Output, explain: boolean) {
    this.#output = output;
    this.#explain = explain;
    this.#problems = new ProblemGroups(output, explain);
  }

  /** Prints the row of a call and its reason; problems go to stderr. With `shown` false, the call is only counted. */
  async add(record: DecisionRecord, shown = true): Promise<void> {
    if (!shown) return this.#summary.add(record);
    if (!this.#began) {
      this.#began = true;
      const header = `${'#'.padStart(4)}  ${'outcome'.padEnd(9)}${'op'.padEnd(11)}${'tool'.padEnd(toolWidth)} ${'items'.padStart(7)}  ${'guard'.padStart(8)}  arguments`;
      await this.#output.line(paint('bold', header));
    }
    this.#summary.add(record);
    await this.#output.line(...this.#row(record));
    for (const line of this.#reason(record)) await this.#output.line('      ', paint('dim', line));
    this.#report(record);
  }

  /** Prints the repeated problems and the summary. */
  async end(): Promise<void> {
    this.#problems.end();
    await this.#output.line('');
    await this.#output.text(this.#summary.text());
    for (const docs of this.#docs) this.#output.note(`the codes in brackets are explained in ${docs}`);
    if (this.#notes === 0) return;
    await this.#output.line(
      `${this.#notes === 1 ? '1 note is' : `${this.#notes} notes are`} not shown; use --explain to show ${this.#notes === 1 ? 'it' : 'them'}`,
    );
  }

  /** Reports warnings and errors, repeated ones as a count. Notes are only counted unless `--explain`, because most repeat at each call. */
  #report(record: DecisionRecord): void {
    for (const problem of record.problems) {
      if (problem.severity === 'info' && !this.#explain) this.#notes++;
      else {
        const call = `call ${record.index + 1}`;
        this.#problems.add(problem, call, `${call} (${record.tool}): `);
        if (problem.docs !== undefined) this.#docs.add(problem.docs);
      }
    }
  }

  #row(record: DecisionRecord): readonly (string | Painted)[] {
    const { index, outcome, operation, tool, items, guardCalls, args, marks = [] } = record;
    const allowed = items === null ? '' : `${items.filter((item) => item.allowed).length}/${items.length}`;
    const time = guardCalls.reduce((sum, call) => sum + call.durationMs, 0);
    const cells = [
      (operation ?? '').padEnd(10),
      `${cutText(visible(tool), toolWidth).padEnd(toolWidth)} ${allowed.padStart(7)} `,
      `${time.toFixed(2)} ms`.padStart(9),
      ` ${oneLine(args, argsWidth)}`,
    ];
    return [
      `${String(index + 1).padStart(4)}  `,
      paint(colours[outcome], outcome.padEnd(8)),
      `${marks.length === 0 ? ' ' : '!'}${cells.join(' ')}`,
    ];
  }

  #reason(record: DecisionRecord): readonly string[] {
    const afterTrap = this.#afterTrap(record);
    if (afterTrap !== null) return [afterTrap];
    const marks = markSentences(record);
    if (record.outcome === 'allowed' && !this.#explain) return marks;
    const { headline, phases } = explainDecision(record);
    if (!this.#explain) return [headline, ...marks];
    const account = phases
      .filter(({ status }) => status !== 'skipped')
      .flatMap(({ title, sentences }) => sentences.map((sentence) => `${title}: ${sentence}`));
    const items = (record.items ?? [])
      .filter((item) => !item.allowed)
      .map((item) => `item ${item.index + 1} ${item.description}: ${explainItem(item, record)}`);
    return [headline, ...marks, ...account, ...items, ...record.guardCalls.flatMap(guardAccount)];
  }

  /** The reason of a call that was refused because the guard had trapped in an earlier call; that call's row shows the trap. */
  #afterTrap({ index, guardCalls }: DecisionRecord): string | null {
    const last = guardCalls.at(-1);
    if (last?.poisoned !== true) return null;
    if (!isAfterTrap(last)) this.#trappedAt = index;
    else if (this.#trappedAt !== null)
      return `Refused: the guard is unavailable after its trap in call ${this.#trappedAt + 1}`;
    return null;
  }
}

/** What the marks of a decision mean for it. Warnings are printed as problems. */
function markSentences(record: DecisionRecord): readonly string[] {
  const { marks = [] } = record;
  const missed = missedLookups(record);
  return [
    ...(marks.includes('unlabeled')
      ? ['Unlabeled: label_response gave no labels, so the client gets the whole result without a check of its items']
      : []),
    ...(marks.includes('unrecorded')
      ? [
          `Rests on ${missed === 1 ? 'a look-up that was' : `${missed} look-ups that were`} not recorded; production may decide differently`,
        ]
      : []),
  ];
}
