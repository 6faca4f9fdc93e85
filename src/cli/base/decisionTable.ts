/** Prints decisions as a table: one row per call, the reason below it, and a summary at the end. */
import type { DecisionRecord, Outcome } from '../../core/difc/record/decision.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { visible } from '../../core/base/visible.ts';
import { explainDecision, explainItem } from '../../core/difc/account/explain.ts';
import type { DecisionDigest } from '../../core/replay/decisionDigest.ts';
import { ReplaySummary } from '../../engine/replay/summary.ts';
import { cutText } from '../../core/base/cutText.ts';
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
const serverWidth = 12;
const agentWidth = 14;

/** Columns that a table has when they tell its calls apart. */
export interface TableColumns {
  readonly server: boolean;
  readonly agent: boolean;
}

/** The table of one replay. */
export class DecisionTable {
  readonly #output: Output;
  readonly #explain: boolean;
  readonly #columns: TableColumns;
  readonly #problems: ProblemGroups;
  readonly #summary = new ReplaySummary();
  #began = false;
  #notes = 0;
  #trappedAt: number | null = null;
  readonly #docs = new Set<string>();

  constructor(output: Output, explain: boolean, columns: TableColumns = { server: false, agent: false }) {
    this.#output = output;
    this.#explain = explain;
    this.#columns = columns;
    this.#problems = new ProblemGroups(output, explain);
  }

  /**
   * Prints the row of a call and its reason; problems go to stderr. With `shown` false, the call is only counted. `record`: for `--explain`;
   * null otherwise.
   */
  async add(digest: DecisionDigest, record: DecisionRecord | null, shown = true): Promise<void> {
    if (!shown) return this.#summary.add(digest);
    if (!this.#began) {
      this.#began = true;
      const header = `${'#'.padStart(4)}  ${'outcome'.padEnd(9)}${'op'.padEnd(11)}${this.#origin({ server: 'server', agent: 'agent' })}${'tool'.padEnd(toolWidth)} ${'items'.padStart(7)}  ${'guard'.padStart(8)}  arguments`;
      await this.#output.line(paint('bold', header));
    }
    this.#summary.add(digest);
    await this.#output.line(...this.#row(digest));
    const explained = this.#explain ? record : null;
    for (const line of this.#reason(digest, explained)) await this.#output.line('      ', paint('dim', line));
    this.#report(digest, explained?.problems ?? digest.problems);
    if (explained === null) this.#notes += digest.notes;
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

  /** Reports problems, repeated ones as a count. Without `--explain`, notes are only counted, because most repeat at each call. */
  #report({ row: { index, tool } }: DecisionDigest, problems: readonly Problem[]): void {
    const call = `call ${index + 1}`;
    for (const problem of problems) {
      this.#problems.add(problem, call, `${call} (${tool}): `);
      if (problem.docs !== undefined) this.#docs.add(problem.docs);
    }
  }

  #row({ row }: DecisionDigest): readonly (string | Painted)[] {
    const { index, status, operation, server, agent, tool, items, durationMs, args, marks } = row;
    const allowed = items === null ? '' : `${items.allowed}/${items.total}`;
    const cells = [
      (operation ?? '').padEnd(10),
      `${this.#origin({ server, agent })}${cutText(visible(tool), toolWidth).padEnd(toolWidth)} ${allowed.padStart(7)} `,
      `${(durationMs ?? 0).toFixed(2)} ms`.padStart(9),
      ` ${cutText(args, argsWidth)}`,
    ];
    return [
      `${String(index + 1).padStart(4)}  `,
      paint(colours[status as Outcome], status.padEnd(8)),
      `${marks.length === 0 ? ' ' : '!'}${cells.join(' ')}`,
    ];
  }

  /** The cells of server and agent, as far as the table has these columns. */
  #origin({ server, agent }: Pick<DecisionRecord, 'server' | 'agent'>): string {
    const cell = (text: string, width: number): string => `${cutText(visible(text), width).padEnd(width)} `;
    return `${this.#columns.server ? cell(server, serverWidth) : ''}${this.#columns.agent ? cell(agent, agentWidth) : ''}`;
  }

  #reason(digest: DecisionDigest, record: DecisionRecord | null): readonly string[] {
    const { row } = digest;
    const afterTrap = this.#afterTrap(digest);
    if (afterTrap !== null) return [afterTrap];
    const marks = markSentences(digest);
    if (record === null) return row.status === 'allowed' ? marks : [row.headline, ...marks];
    const { headline, phases } = explainDecision(record);
    const account = phases
      .filter(({ status }) => status !== 'skipped')
      .flatMap(({ title, sentences }) => sentences.map((sentence) => `${title}: ${sentence}`));
    const items = (record.items ?? [])
      .filter((item) => !item.allowed)
      .map((item) => `item ${item.index + 1} ${item.description}: ${explainItem(item, record)}`);
    return [headline, ...marks, ...account, ...items, ...record.guardCalls.flatMap(guardAccount)];
  }

  /** The reason of a call that was refused because the guard had trapped in an earlier call; that call's row shows the trap. */
  #afterTrap({ row: { index }, poisoned }: DecisionDigest): string | null {
    if (poisoned === 'here') this.#trappedAt = index;
    if (poisoned !== 'before' || this.#trappedAt === null) return null;
    return `Refused: the guard is unavailable after its trap in call ${this.#trappedAt + 1}`;
  }
}

/** What the marks of a decision mean for it. Warnings are printed as problems. */
function markSentences({ row: { marks }, missed }: DecisionDigest): readonly string[] {
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
