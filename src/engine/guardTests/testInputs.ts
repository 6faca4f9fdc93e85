/** The files that a guard test rests on, and what is wrong with its traces before it is run. */
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Position, Problem } from '../../core/base/parsed.ts';
import type { GuardTest } from '../../core/guardTest/guardTest.ts';
import type { ReadGuardTest } from '../../core/guardTest/readGuardTest.ts';
import { readConfigElsewhere } from '../gateway/configElsewhere.ts';
import { traceHash } from './traceHash.ts';

/** The files whose change may change the result of a test, itself included; also the guards of its configuration. */
export async function filesOfTest(path: string, test: GuardTest | null): Promise<readonly string[]> {
  if (test === null) return [path];
  const { traces, guards, policies, config, lookups } = test;
  const named = [...traces.flat(), ...guards.filter((guard) => guard !== 'noop'), ...policies, config, lookups];
  const files = named.flatMap((file) => (file === null ? [] : [resolve(dirname(path), file)]));
  return [...new Set([path, ...files, ...(config === null ? [] : await guardsOf(resolve(dirname(path), config)))])];
}

/** A configuration that cannot be used has no guards; a run says why. */
async function guardsOf(config: string): Promise<readonly string[]> {
  try {
    const { servers } = await readConfigElsewhere(config, process.env);
    return servers.flatMap(({ guardPath }) => (guardPath === null || guardPath === 'noop' ? [] : [guardPath]));
  } catch {
    return [];
  }
}

/**
 * Traces that are gone and, with `content`, those that are not the ones that decisions were accepted for, at their places in the test. The content of
 * a trace is read to its end.
 */
export async function traceProblems(
  path: string,
  read: ReadGuardTest,
  { content }: { readonly content: boolean },
): Promise<readonly Problem[]> {
  const { value: test } = read;
  if (test === null) return [];
  const problems: Problem[] = [];
  for (const [at, trace] of test.traces.entries()) {
    const files = trace.map((file) => resolve(dirname(path), file));
    const gone = await missingTrace(trace, files);
    if (gone !== null) {
      problems.push({ ...gone, position: read.place(read.names.has('traces') ? ['traces', at] : ['trace']) });
      continue;
    }
    if (!content) continue;
    // A trace that cannot be read is said by a run.
    const hash = await traceHash(files).catch(() => null);
    const places = read.names.has('cases') ? (index: number) => ['cases', index, 'traceHash'] : () => ['traceHash'];
    for (const [index, accepted] of test.accepted.entries()) {
      const isOther = accepted.traceHash !== null && hash !== null && accepted.traceHash !== hash;
      if (isOther && accepted.trace.join('\n') === trace.join('\n')) {
        problems.push(traceChanged(trace, read.place(places(index))));
      }
    }
  }
  return problems;
}

/** The problem of a session whose file is not there; null when all are. `files`: the paths of the names. */
export async function missingTrace(names: readonly string[], files: readonly string[]): Promise<Problem | null> {
  for (const [at, file] of files.entries()) {
    const isThere = await stat(file).then(
      () => true,
      (thrown: unknown) => (thrown as { readonly code?: string }).code !== 'ENOENT',
    );
    if (isThere) continue;
    const message = `The trace "${names[at] ?? file}" of this guard test is not there`;
    const hint = `Put it back, or correct "trace"; its path is "${file}"`;
    return { severity: 'error', code: 'guardtest/no-trace', message, hint };
  }
  return null;
}

/** The problem of decisions that were accepted for another trace. */
export function traceChanged(trace: readonly string[], position: Position): Problem {
  const names = trace.map((name) => `"${name}"`).join(', ');
  return {
    severity: 'warning',
    code: 'guardtest/trace-changed',
    message: `The trace ${names} has other content than when its decisions were accepted: it was captured anew or edited`,
    hint: 'Review the decisions, and accept them with "guardscope test --update"',
    position,
  };
}
