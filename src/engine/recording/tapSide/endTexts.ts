/** The sentences about the end of a tap: what it waits for, and what is missing when the wait was aborted. */

/** `unwritten`: for example `3 messages (1.2 MB)`. */
export function waitingText(unwritten: string): string {
  return `waiting for the capture: ${unwritten} not written yet; another signal aborts the wait`;
}

export function abortedText(missing: string): string {
  return `the wait for the capture was aborted: ${missing} not confirmed as written; the recorder finishes what it has`;
}
