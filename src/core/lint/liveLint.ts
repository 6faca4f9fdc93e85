/** What lint says about the answers of a live guard: each code when it comes for the first time, and all codes with their numbers at the end. */
import type { JsonValue } from '../base/json.ts';
import type { Problem } from '../base/parsed.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import { lintCall } from './lintCall.ts';
import { SessionLint } from './session/sessionLint.ts';
import { isMistake } from './strictFindings.ts';
import type { ListedTool } from '../trace/model/toolList.ts';

/** A finding that came for the first time. */
export interface FirstFinding {
  readonly code: string;
  /** Names the call, and says what is wrong and what to do. */
  readonly sentence: string;
}

/** How often lint found something. */
export interface LintCount {
  readonly code: string;
  readonly count: number;
  /** Of the first finding. */
  readonly message: string;
}

/** Lints the decisions of one guard in one session, as a replay does. */
export class LiveLint {
  readonly #session: SessionLint;
  readonly #counts = new Map<string, LintCount>();

  /** `payload`: that of `label_agent`; undefined without a policy. */
  constructor(server: string, payload: JsonValue | undefined) {
    this.#session = new SessionLint(new Map([[server, payload]]));
  }

  /** Takes the next decision. `tool`: how the server listed the tool; null when it did not. Returns what came for the first time. */
  add(record: DecisionRecord, tool: ListedTool | null): readonly FirstFinding[] {
    const problems = [...record.problems, ...lintCall(record, tool), ...this.#session.add(record)];
    const first: FirstFinding[] = [];
    for (const problem of problems.filter(isMistake)) {
      if (!this.#counts.has(problem.code)) {
        first.push({ code: problem.code, sentence: `Call ${record.index + 1} (${record.tool}): ${textOf(problem)}` });
      }
      this.#count(this.#counts, problem);
    }
    return first;
  }

  /** All codes in the order of their first findings, and those of the notes about the session so far. */
  counts(): readonly LintCount[] {
    const all = new Map(this.#counts);
    for (const note of this.#session.findings()) this.#count(all, note);
    return [...all.values()];
  }

  #count(counts: Map<string, LintCount>, { code, message, count = 1 }: Problem): void {
    const before = counts.get(code) ?? { code, count: 0, message };
    counts.set(code, { ...before, count: before.count + count });
  }
}

/** For the end of a session, for example `lint/unknown-field 3 times, lint/path-twice once`. */
export function lintSummary(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([code, count]) => `${code} ${count === 1 ? 'once' : `${count} times`}`).join(', ');
}

function textOf({ code, message, hint }: Problem): string {
  return `${message}${hint === undefined ? '' : `. ${hint}`} [${code}]`;
}
