/** Plays a plan of interleaved clients through a tap, and checks what the clients got and what the capture says. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Trace, TraceCall } from '../../../../../src/core/trace/model/traceModel.ts';
import { readTraceFile } from '../../../../../src/engine/traceFiles/traceFile.ts';
import { askBackend } from '../../../runtime/guards.ts';
import { gatesOf, labelling } from '../guardGates.ts';
import { tapServer } from '../tapped.ts';
import { carryOut, type ClientOutcome, foreignMarkers } from './clients.ts';
import type { InterleavedMode, InterleavingPlan } from './plan.ts';
import { interleavedServer } from './server.ts';

/** The bundles that a tap needs. */
export interface TapBundles {
  readonly workerFile: string;
  readonly recorderFile: string;
}

/** What an interleaving had, and what was wrong; `lines` of the capture are for the report. */
export interface InterleavingResult {
  readonly calls: number;
  readonly answered: number;
  readonly gone: number;
  readonly guardLines: number;
  readonly wrong: readonly string[];
  readonly lines: readonly string[];
}

type CaptureLine = Record<string, unknown>;

/** Asks the server during each call, so that look-ups are among the messages. */
const guard = labelling('{"resource":{"secrecy":[],"integrity":[]},"operation":"read"}', `(drop ${askBackend})`);

/** Plays the plan. A tap of its own for each plan makes a failure repeatable by its seed. */
export async function play(plan: InterleavingPlan, bundles: TapBundles): Promise<InterleavingResult> {
  const wrong: string[] = [];
  const server = await interleavedServer((reason) => wrong.push(`the server refused a request: ${reason}`));
  const gates = plan.mode === 'record' ? {} : { gates: gatesOf(guard, plan.mode, bundles.workerFile) };
  const tapped = await tapServer(`${server.origin}/mcp`, { ...gates, recorderFile: bundles.recorderFile });
  try {
    const outcomes = (
      await Promise.all(
        plan.clients.map(async (calls) => {
          const done: ClientOutcome[] = [];
          for (const call of calls) done.push(await carryOut(tapped.tap.url, call, plan.mode));
          return done;
        }),
      )
    ).flat();
    const lines = await tapped.end();
    const trace = await readTraceFile(tapped.file);
    wrong.push(
      ...outcomes.flatMap((each) => each.wrong),
      ...inCapture(lines, outcomes),
      ...inTrace(trace, plan.mode, outcomes),
    );
    return {
      calls: outcomes.length,
      answered: outcomes.filter(({ isAnswered }) => isAnswered).length,
      gone: outcomes.filter(({ isAnswered }) => !isAnswered).length,
      guardLines: lines.filter((line) => line['guard'] !== undefined).length,
      wrong,
      lines: lines.map((line) => JSON.stringify(line)),
    };
  } finally {
    await tapped.tap.close(AbortSignal.timeout(5000));
    await server.close();
    rmSync(dirname(tapped.file), { recursive: true, force: true });
  }
}

/** Whether the lines of each exchange are about one call, and those of the guard name the request that they belong to. */
function inCapture(lines: readonly CaptureLine[], outcomes: readonly ClientOutcome[]): readonly string[] {
  const wrong: string[] = [];
  const owners = new Map<unknown, { readonly marker: string; readonly id: unknown }>();
  for (const line of lines) {
    const msg = line['msg'] as { readonly id?: unknown; readonly method?: string } | undefined;
    if (line['dir'] !== 'client' || line['by'] === 'guard' || msg?.id === undefined) continue;
    const [marker = ''] = foreignMarkers(JSON.stringify(msg), '');
    owners.set(line['exchange'], { marker, id: msg.id });
  }
  for (const line of lines) {
    const isGuards = line['guard'] !== undefined || line['client'] !== undefined || line['by'] === 'guard';
    if (line['dir'] === undefined && !isGuards) continue;
    const text = JSON.stringify(line);
    const owner = owners.get(line['exchange']);
    const isCancel = text.includes('notifications/cancelled');
    if (owner === undefined) {
      if (!isCancel) wrong.push(`a line without its request: ${text}`);
      continue;
    }
    for (const other of foreignMarkers(text, owner.marker))
      wrong.push(`${other} in an exchange of ${owner.marker}: ${text}`);
    if (isGuards && !isCancel && line['for'] !== owner.id)
      wrong.push(`for ${String(line['for'])}, not ${String(owner.id)}: ${text}`);
  }
  for (const { call, isAnswered } of outcomes) {
    const requests = [...owners.values()].filter(({ marker }) => marker === call.marker).length;
    if (isAnswered && requests === 0) wrong.push(`the capture has no request of ${call.marker}`);
  }
  return wrong;
}

/** Whether every call of the trace has the answer with its own marker. */
function inTrace(trace: Trace, mode: InterleavedMode, outcomes: readonly ClientOutcome[]): readonly string[] {
  const wrong: string[] = [];
  const byMarker = new Map<string, TraceCall[]>();
  for (const call of trace.calls) {
    const [marker = ''] = foreignMarkers(JSON.stringify(call.args), '');
    byMarker.set(marker, [...(byMarker.get(marker) ?? []), call]);
    const others = foreignMarkers(JSON.stringify(call.answer ?? null), marker);
    if (others.length > 0) wrong.push(`line ${call.requestLine}: the answer of ${others.join(', ')} for ${marker}`);
    for (const at of call.lookups) {
      const lookup = trace.recordedLookups[at];
      if (lookup?.tool !== 'still') wrong.push(`line ${call.requestLine}: the look-up ${String(lookup?.tool)}`);
    }
    if (call.lookups.length > (call.rounds?.count ?? 1))
      wrong.push(`line ${call.requestLine}: ${call.lookups.length} look-ups`);
  }
  for (const { call, isAnswered } of outcomes) {
    if (call.kind === 'listen') continue;
    const found = byMarker.get(call.marker) ?? [];
    if (found.length > 1 || (isAnswered && found.length === 0)) wrong.push(`${found.length} calls of ${call.marker}`);
    for (const { answer, requestLine, rounds } of found) {
      if (!isAnswered) continue;
      const expectedRounds = call.kind === 'input' ? (mode === 'enforce' ? 1 : 2) : undefined;
      if (rounds?.count !== expectedRounds) wrong.push(`line ${requestLine}: ${String(rounds?.count)} rounds`);
      const expected = mode === 'enforce' && call.kind === 'input' ? 'does not support elicitation' : call.marker;
      if (!JSON.stringify(answer ?? null).includes(expected)) {
        wrong.push(`line ${requestLine}: the answer of ${call.marker} is ${JSON.stringify(answer ?? null)}`);
      }
    }
  }
  for (const { code, message, position } of trace.problems) {
    if (['trace/orphan-answer', 'trace/id-reused', 'trace/bad-line'].includes(code))
      wrong.push(`line ${position?.line ?? '?'}: ${message}`);
    if (code === 'trace/unanswered' && outcomes.every(({ isAnswered }) => isAnswered))
      wrong.push(`line ${position?.line ?? '?'}: ${message}`);
  }
  return wrong;
}
