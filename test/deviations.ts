/** What V8 cannot reproduce of the recorded answers, as data: each entry is asserted to fail in exactly this way. */

/** One parity case that does not pass. */
export interface Deviation {
  /** `group/case` below test/parity. */
  readonly name: string;
  /** Every line that differs, counted from 1, with what is printed instead of what was recorded. */
  readonly differences: readonly { readonly line: number; readonly member: string; readonly printed: unknown }[];
  /** Why V8 cannot do what wazero does. */
  readonly why: string;
  /** What the user is told, and where. */
  readonly told: string;
}

export const deviations: readonly Deviation[] = [];
