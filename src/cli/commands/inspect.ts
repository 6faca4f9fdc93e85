/** `inspect`: shows the contents of a module, and whether the gateway would load it as a guard. */
import { readInput } from '../../engine/guard/readInput.ts';
import { formatInspection } from '../../core/present/formatInspection.ts';
import { inspectModule } from '../../core/wasm/inspect.ts';
import { lintModule } from '../../core/lint/loading/moduleLint.ts';
import { type Command, exitCodes } from '../base/command.ts';

export const inspect: Command = {
  name: 'inspect',
  summary: "Show a guard's exports, imports, memory and features, and whether the gateway would load it.",
  positions: ['GUARD'],
  flags: { json: { kind: 'switch', help: 'Print one JSON object instead of text' } },
  async run(args, output) {
    const path = args.position(0, 'GUARD');
    const bytes = await readInput(path, 'guard');
    const report = inspectModule(bytes);
    const lint = report.value.loadError === null ? lintModule(bytes) : [];
    if (args.has('json')) await output.json(report.value);
    // Problems go to stderr in both formats.
    else await output.text(formatInspection(path, { ...report, problems: [] }));
    for (const problem of [...report.problems, ...lint]) output.problem(problem);
    return report.value.loadError === null ? exitCodes.fine : exitCodes.notLoaded;
  },
};
