/** Long work in steps: a generator that yields where its caller may do other work before continuing. */

/** Work that yields between its steps and returns its result. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Runs all steps at once and returns the result. */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
