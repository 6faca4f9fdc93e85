/** Compares two readings of a trace without their calls: what the calls are, and where they are in the file. */
import type { Trace } from './traceModel.ts';

/**
 * A text that is the same for two readings of the same file, and that differs when calls were added, removed or answered between them.
 * It covers servers, tools and lines, not arguments and results.
 */
export function traceFingerprint({ calls }: Pick<Trace, 'calls'>): string {
  let hash = 0x811c9dc5;
  const mix = (value: number): void => void (hash = Math.imul(hash ^ value, 0x01000193));
  for (const { server, tool, requestLine, answerLine, answerBytes } of calls) {
    mix(requestLine);
    mix(answerLine ?? 0);
    mix(answerBytes ?? 0);
    for (const name of [server, tool]) {
      mix(name.length);
      for (let at = 0; at < name.length; at++) mix(name.charCodeAt(at));
    }
  }
  return `${calls.length} ${(hash >>> 0).toString(16)}`;
}
