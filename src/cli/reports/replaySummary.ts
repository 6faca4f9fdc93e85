/** The summary of a replay by tool and by reason, for sessions of more calls than anybody reads. */
import type { Outcome } from '../../core/difc/record/decision.ts';
import type { DecisionDigest } from '../../core/replay/decisionDigest.ts';
import { cutText } from '../../core/base/cutText.ts';
import { visible } from '../../core/base/visible.ts';
import { type Output, paint } from '../base/output.ts';

const outcomes: readonly Outcome[] = ['allowed', 'filtered', 'denied', 'blocked', 'error'];

const shownReasons = 40;
const toolWidth = 34;

/** Numbers of a tool of a server. */
interface ToolNumbers {
  readonly server: string;
  readonly tool: string;
  calls: number;
  readonly outcomes: Record<Outcome, number>;
  guardMs: number;
}

/** How often an outcome had a reason; values that differ from call to call are left out of it. */
interface ReasonNumbers {
  readonly outcome: string;
  readonly reason: string;
  calls: number;
  /** The first call with it, as tables number it. */
  readonly first: number;
}

/** Counts decisions by tool and by reason. */
export class SummaryByTool {
  readonly #tools = new Map<string, ToolNumbers>();
  readonly #reasons = new Map<string, ReasonNumbers>();

  add({ row }: DecisionDigest): void {
    const { server, tool, status, durationMs, headline, index } = row;
    const key = `${server}\u0000${tool}`;
    const known = this.#tools.get(key) ?? { server, tool, calls: 0, outcomes: noneOfEach(), guardMs: 0 };
    known.calls++;
    known.outcomes[status as Outcome]++;
    known.guardMs += durationMs ?? 0;
    this.#tools.set(key, known);
    if (status === 'allowed') return;
    const reason = headline.replaceAll(/"[^"]*"/g, '"…"').replaceAll(/\d+/g, 'N');
    const reasonKey = `${status}\u0000${reason}`;
    const counted = this.#reasons.get(reasonKey) ?? { outcome: status, reason, calls: 0, first: index + 1 };
    counted.calls++;
    this.#reasons.set(reasonKey, counted);
  }

  /** Tools with the most calls first, reasons with the most calls first. */
  get numbers(): { readonly tools: readonly ToolNumbers[]; readonly reasons: readonly ReasonNumbers[] } {
    const byCalls = (one: { readonly calls: number }, other: { readonly calls: number }): number =>
      other.calls - one.calls;
    return { tools: [...this.#tools.values()].sort(byCalls), reasons: [...this.#reasons.values()].sort(byCalls) };
  }

  /** Prints both as tables; a server is named where there are several. */
  async print(output: Output): Promise<void> {
    const { tools, reasons } = this.numbers;
    const several = new Set(tools.map(({ server }) => server)).size > 1;
    const cell = (value: number | string): string => String(value).padStart(9);
    await output.line(
      paint('bold', `${'tool'.padEnd(toolWidth)}${['calls', ...outcomes].map(cell).join('')}      guard`),
    );
    for (const { server, tool, calls, outcomes: counts, guardMs } of tools) {
      const name = cutText(visible(several ? `${server} ${tool}` : tool), toolWidth - 1).padEnd(toolWidth);
      const numbers = [calls, ...outcomes.map((outcome) => (counts[outcome] === 0 ? '·' : counts[outcome]))];
      await output.line(`${name}${numbers.map(cell).join('')}${`${guardMs.toFixed(1)} ms`.padStart(11)}`);
    }
    if (reasons.length === 0) return;
    await output.line('');
    await output.line(paint('bold', 'reasons'));
    for (const { calls, outcome, reason, first } of reasons.slice(0, shownReasons)) {
      await output.line(
        `${String(calls).padStart(7)}  ${outcome.padEnd(9)}${reason} `,
        paint('dim', `(first: call ${first})`),
      );
    }
    if (reasons.length > shownReasons) await output.line(`… and ${reasons.length - shownReasons} more reasons`);
  }
}

/** Prints a summary as tables, or as one JSON object. */
export async function printSummary(summary: SummaryByTool, json: boolean, output: Output): Promise<void> {
  if (json) return output.json(summary.numbers);
  await output.line('');
  await summary.print(output);
}

function noneOfEach(): Record<Outcome, number> {
  return { allowed: 0, filtered: 0, denied: 0, blocked: 0, error: 0 };
}
