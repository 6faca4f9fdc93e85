/** What a tap says of lint about its guards: each code when it comes first, and how often it came at the end. */
import { visible } from '../../core/base/visible.ts';
import { type FirstFinding, type LintCount, lintSummary } from '../../core/lint/liveLint.ts';
import type { RecordingSink } from '../../engine/recording/tapSide/recordingSink.ts';

/** One for each tap. A finding may quote the guard, so its lines of the capture are redacted like messages. */
export class LintAccount {
  readonly #recording: Pick<RecordingSink, 'line'>;
  readonly #report: (sentence: string) => void;
  readonly #said = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** `report` gets the sentences for the user. */
  constructor(recording: Pick<RecordingSink, 'line'>, report: (sentence: string) => void) {
    this.#recording = recording;
    this.#report = report;
  }

  /** A finding that is the first of its code in a session. The user learns of the first one of all sessions. */
  first({ code, sentence }: FirstFinding, session: string): void {
    this.#line(session, { code, message: sentence });
    if (this.#said.has(code)) return;
    this.#said.add(code);
    this.#report(visible(sentence));
  }

  /** The numbers of a session that has ended. */
  add(counts: readonly LintCount[], session: string): void {
    if (counts.length === 0) return;
    this.#line(session, { counts });
    for (const { code, count } of counts) this.#counts.set(code, (this.#counts.get(code) ?? 0) + count);
  }

  /** Reports the numbers of all sessions, when the tap ends. */
  report(): void {
    if (this.#counts.size === 0) return;
    this.#report(`lint found ${lintSummary(this.#counts)}; a replay of the capture shows each`);
  }

  #line(session: string, fields: object): void {
    this.#recording.line(JSON.stringify({ event: 'lint', ...fields, ...(session === '' ? {} : { session }) }));
  }
}
