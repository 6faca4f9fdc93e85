/** `clauses`: prints which calls of a session each clause of its policy decides. */
import { clauseCalls, type ClauseEffect } from '../../core/clauses/clauseText.ts';
import { linePositions } from '../../core/base/textPlaces.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import { findClauses, type FoundClauses } from '../../engine/session/clauses/findClauses.ts';
import { readTraces } from '../../engine/traceFiles/readTraces.ts';
import { usage } from '../base/args.ts';
import { type Command, exitCodes } from '../base/command.ts';
import { cliEngine, defaultDeadlineMs } from '../base/engine.ts';
import { type Output, paint } from '../base/output.ts';
import { withPolicyFlag } from '../base/printReplay.ts';

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

export const clauses: Command = {
  name: 'clauses',
  summary:
    'Print which calls of a captured session each clause of the policy decides: those that are decided otherwise without it.',
  positions: ['TRACE…'],
  flags: {
    guard: { kind: 'value', value: 'FILE', help: 'The guard (.wasm); not needed with a write-sink policy' },
    policy: { kind: 'value', value: 'FILE', help: 'The guard policy (JSON)' },
    config: {
      kind: 'value',
      value: 'FILE',
      help: "The gateway's configuration (TOML or JSON), with the policies of its servers",
    },
    mode: { kind: 'value', value: 'MODE', help: 'Enforcement mode if the guard does not set one (default: strict)' },
    server: { kind: 'value', value: 'ID', help: 'The server that --guard and --policy are for' },
    deadline: {
      kind: 'value',
      value: 'MS',
      help: `Maximum duration of a guard call, in milliseconds (default: ${defaultDeadlineMs})`,
    },
    json: { kind: 'switch', help: 'Print one JSON object for each clause' },
  },
  async run(args, output) {
    const paths = args.positionsFrom(0, 'TRACE');
    const config = args.value('config') ?? null;
    const policy = args.value('policy') ?? null;
    if (config === null && policy === null) throw usage('clauses', 'Name the policy with --policy or --config');
    const { trace, files } = await readTraces(paths);
    const deadlineMs = args.count('deadline', { least: 1 }) ?? (config === null ? defaultDeadlineMs : null);
    const settings = {
      config,
      guard: args.value('guard') ?? null,
      policy,
      mode: args.oneOf('mode', modes) ?? (config === null ? ('strict' as const) : null),
      server: args.value('server') ?? null,
      trustedBots: [],
      deadlineMs,
    };
    await findClauses({ paths: files, trace }, settings, cliEngine(), {
      onProblem: (problem) => output.problem(withPolicyFlag(problem)),
      use: (found) => print(found, args.has('json'), output),
    });
    return exitCodes.fine;
  },
};

/** That of a clause that is the widest value already. */
const noEffect: ClauseEffect = { kind: 'found', decides: new Map(), touches: new Map() };

async function print({ search, calls }: FoundClauses, json: boolean, output: Output): Promise<void> {
  for (const clause of search.clauses) {
    const { id, file, place, value } = clause;
    const { line, column } = linePositions(search.textOf(file.path) ?? '')(place.start);
    const effect = search.effect(id) ?? noEffect;
    if (!json) {
      await output.line(
        `${file.path}:${line}:${column}  `,
        paint('bold', id),
        `  ${clauseCalls(clause, effect, calls)}`,
      );
      continue;
    }
    const of = effect.kind === 'found' ? effect : null;
    await output.json({
      clause: id,
      value,
      file: file.path,
      line,
      column,
      calls,
      decides: [...(of?.decides ?? [])].map(([index, would]) => ({ call: index + 1, would })),
      touches: [...(of?.touches ?? [])].map(([index, what]) => ({ call: index + 1, what })),
      cannot: effect.kind === 'cannot' ? effect.reason : null,
    });
  }
}
