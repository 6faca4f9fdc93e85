/** `exec`: runs steps on one guard instance and prints one JSON line per step, for comparison with recorded answers of the gateway. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { Failure } from '../../core/base/failure.ts';
import { decodeGoJson, encodeGoJson } from '../../core/go/goJson.ts';
import { isJsonObject, type JsonObject } from '../../core/base/json.ts';
import { StepRunner } from '../../engine/replay/stepRunner.ts';
import { streamRegular } from '../../engine/files/regularFile.ts';
import { readInput } from '../../engine/guard/readInput.ts';
import { type Command, type ExitCode, exitCodes } from '../base/command.ts';
import { cliEngine, defaultDeadlineMs } from '../base/engine.ts';

export const exec: Command = {
  name: 'exec',
  summary: 'Run steps (JSON lines) on one guard instance and print one JSON line per step.',
  positions: [],
  flags: {
    guard: { kind: 'value', value: 'FILE', help: 'The guard (.wasm)' },
    steps: { kind: 'value', value: 'FILE', help: 'The steps (JSON lines)' },
    name: { kind: 'value', value: 'NAME', help: 'Name of the guard (default: guard)' },
    deadline: {
      kind: 'value',
      value: 'MS',
      help: 'Maximum duration of a step without its own deadline, in milliseconds (default: 60000)',
    },
  },
  async run(args, output) {
    const guard = args.required('guard');
    const path = args.required('steps');
    const name = args.value('name');
    const deadlineMs = args.count('deadline', { least: 1 }) ?? defaultDeadlineMs;
    const bytes = await readInput(guard, 'guard');
    const runner = new StepRunner(bytes, { ...cliEngine(), deadlineMs, ...(name === undefined ? {} : { name }) });
    let code: ExitCode = exitCodes.fine;
    try {
      for await (const step of readSteps(path)) {
        if (output.closed) break;
        const line = await runner.run(step, deadlineMs);
        // Encoded like the gateway's output, which keeps -0.
        await output.encodedJson(encodeGoJson(line as JsonObject));
        if (step['op'] === 'load' && line['ok'] === false) code = exitCodes.notLoaded;
        else if (line['healthy'] === false && code === exitCodes.fine) code = exitCodes.guardFailed;
      }
    } finally {
      await runner.close();
    }
    return code;
  },
};

const stepHint = 'Write one JSON object per line, for example {"op":"load"}';

async function* readSteps(path: string): AsyncGenerator<JsonObject> {
  const stream = Readable.from(streamRegular(path, { chunkBytes: 64 * 1024 }), { objectMode: false });
  let line = 0;
  try {
    for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
      line++;
      if (text.trim() === '') continue;
      const parsed = decodeGoJson(text);
      if (!parsed.ok) throw new Failure('exec/bad-step', `${path}:${line}: ${parsed.error}`, stepHint);
      if (!isJsonObject(parsed.value)) {
        const message = `${path}:${line}: a step must be a JSON object, not ${text.slice(0, 40)}`;
        throw new Failure('exec/bad-step', message, stepHint);
      }
      yield parsed.value;
    }
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure(
      'exec/unreadable',
      `Cannot read the steps "${path}": ${reason}`,
      'Check the path given to --steps',
    );
  }
}
