/** Follows the trace of one session: a file, or several captures of one client, whose calls come in order of arrival. */
import { mergeTraces } from '../../core/trace/mergeTraces.ts';
import { continuesTrace } from '../../core/trace/model/continuesTrace.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import type { LiveFacts } from '../recording/format/liveFile.ts';
import { type FollowedTrace, type FollowOptions, followTrace } from './follow.ts';
import { requireCaptures } from './readTraces.ts';

/** The first file, and others of the same session. */
export type TracePaths = readonly [string, ...string[]];

/** Follows the files as `followTrace` does. Throws what it throws, and `trace/mixed-formats` for several files that are not all captures. */
export async function followTraces([first, ...others]: TracePaths, options: FollowOptions): Promise<FollowedTrace> {
  if (others.length === 0) return followTrace(first, options);
  const parts: FollowedTrace[] = [];
  let together = null as FollowedCaptures | null;
  const onChange = (): void => together?.update();
  try {
    for (const path of [first, ...others]) parts.push(await followTrace(path, { ...options, onChange }));
    requireCaptures(parts);
    together = new FollowedCaptures(parts, options);
    return together;
  } catch (thrown) {
    for (const part of parts) part.dispose();
    throw thrown;
  }
}

class FollowedCaptures implements FollowedTrace {
  readonly #parts: readonly FollowedTrace[];
  readonly #options: FollowOptions;
  #generations: number;
  trace: Trace;
  generation = 0;

  constructor(parts: readonly FollowedTrace[], options: FollowOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#generations = generationsOf(parts);
    this.trace = mergeTraces(parts);
  }

  /** The first capture. */
  get file(): string {
    return this.#parts[0]?.file ?? '';
  }

  /** The first tap that still writes one of the captures. */
  get live(): LiveFacts | null {
    return this.#parts.find(({ live }) => live !== null)?.live ?? null;
  }

  get grew(): number | null {
    const times = this.#parts.flatMap(({ grew }) => (grew === null ? [] : [grew]));
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Joins the captures again. A call that arrived before one that is known already makes it another trace. */
  update(): void {
    const before = this.trace;
    this.trace = mergeTraces(this.#parts);
    const generations = generationsOf(this.#parts);
    if (generations !== this.#generations || !continuesTrace(before, this.trace)) this.generation++;
    this.#generations = generations;
    this.#options.onChange(this);
  }

  dispose(): void {
    for (const part of this.#parts) part.dispose();
  }
}

function generationsOf(parts: readonly FollowedTrace[]): number {
  return parts.reduce((sum, { generation }) => sum + generation, 0);
}
