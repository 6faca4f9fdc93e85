/**
 * Measures the same guard with the same calls in Guardscope, in wazero with the gateway's configuration (the Go oracle), and in a script.
 * `--github FILE` measures the gateway's GitHub guard, built from the gateway's sources, over lists of issues, instead of the sample's;
 * with `--unanswered` its backend fails, so that it makes 50 look-ups in each call.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeGoJson } from '../../src/core/go/goJson.ts';
import { isJsonObject } from '../../src/core/base/json.ts';
import { buildLabelAgentPayload } from '../../src/core/policy/payload.ts';
import {
  encodeLabelAgentInput,
  encodeLabelResourceInput,
  encodeLabelResponseInput,
} from '../../src/core/guard/encode.ts';
import { loadWasmGuard } from '../../src/engine/guard/loadGuard.ts';
import type { BackendSource } from '../../src/core/guard/backend.ts';
import { CompileCache } from '../../src/engine/runtime/host/compileCache.ts';
import { SpareWorkers } from '../../src/engine/runtime/host/spareWorkers.ts';
import { ms, report, summarize, timeInTurns, type Timing } from './measure.ts';
import { plainGuard } from './plainGuard.ts';
import { githubAnswers, githubPolicy, listIssues } from './githubCalls.ts';
import { guardBytes as sampleBytes, policy as samplePolicy, searchCall, workerFile } from './subjects.ts';

const { values } = parseArgs({
  options: { github: { type: 'string' }, unanswered: { type: 'boolean', default: false } },
});
const guardFile = resolve(values.github ?? 'media/samples/files-and-memory/guard.wasm');
const guardBytes = values.github === undefined ? sampleBytes : readFileSync(guardFile);
const policy = values.github === undefined ? samplePolicy : githubPolicy;
const answers = values.github === undefined || values.unanswered ? [] : githubAnswers;
const callOf = values.github === undefined ? (items: number) => searchCall(items, 'issue') : listIssues;
const oracleProgram = resolve('test/oracle/.build/gateway');
const callsMeasured = 500;
const backend: BackendSource =
  answers.length === 0 ? { kind: 'none' } : { kind: 'answers', answers: answers.map((result) => ({ result })) };

/** The output of the Go program; times in milliseconds. */
interface OracleFigures {
  readonly load: Readonly<Record<'noCache' | 'memoryCache' | 'diskCache', { readonly medianMs: number }>>;
  readonly calls: Readonly<Record<string, { readonly medianMs: number }>>;
}

async function main(): Promise<void> {
  if (!existsSync(oracleProgram)) {
    console.log('The oracle is not built: run "npm run test:oracle -- --slice" first (it needs Go)');
    return;
  }
  const payload = buildLabelAgentPayload(policy, [], []);
  const agentInput = encodeLabelAgentInput(isJsonObject(payload) ? payload : {});
  const resource = callOf(1);
  const resourceInput = encodeLabelResourceInput(resource.tool, resource.args, true);
  const responses = [30, 100].map((items) => {
    const { tool, args, result } = callOf(items);
    return { items, input: encodeLabelResponseInput(tool, args, result, true) };
  });
  const first = askOracle(agentInput, resourceInput, responses[0]?.input ?? '');
  const second = askOracle(agentInput, resourceInput, responses[1]?.input ?? '');
  await loads(agentInput, first);
  await calls(agentInput, resourceInput, responses, [first, second]);
}

function askOracle(agent: string, resource: string, response: string): OracleFigures {
  const folder = mkdtempSync(join(tmpdir(), 'guardscope-bench-'));
  try {
    const inputs = { label_agent: agent, label_resource: resource, label_response: response };
    const flags = Object.entries(inputs).flatMap(([name, text]) => {
      writeFileSync(join(folder, name), text);
      return [`-${name}`, join(folder, name)];
    });
    writeFileSync(join(folder, 'answers.json'), JSON.stringify(answers.map((result) => ({ result }))));
    const args = [
      'bench',
      '-backend',
      join(folder, 'answers.json'),
      '-guard',
      guardFile,
      ...flags,
      '-n',
      String(callsMeasured),
      '-loads',
      '7',
    ];
    return JSON.parse(execFileSync(oracleProgram, args, { encoding: 'utf8' })) as OracleFigures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loads(agentInput: string, oracle: OracleFigures): Promise<void> {
  console.log(`loading a guard of ${guardBytes.length} bytes`);
  console.log(`oracle, no cache               ${ms(oracle.load.noCache.medianMs)}`);
  console.log(`oracle, its memory cache       ${ms(oracle.load.memoryCache.medianMs)}`);
  console.log(`oracle, its disk cache         ${ms(oracle.load.diskCache.medianMs)}`);
  const noCache = oracle.load.noCache.medianMs;
  const faster = (of: number, median: number): string => `${(of / median).toFixed(1)} times faster than`;
  const cold = await timeLoads(agentInput, 9, () => ({ cache: new CompileCache() }));
  reportLoads('cold', cold, ({ median }) => `${faster(noCache, median)} no cache`);
  const cache = new CompileCache();
  const warm = await timeLoads(agentInput, 9, () => ({ cache }));
  reportLoads('compile cache', warm, ({ median }) => `${faster(noCache, median)} no cache`);
  const spare = new SpareWorkers(workerFile);
  const ready = await timeLoads(agentInput, 12, () => ({ cache, spare }), 500);
  await spare.close();
  reportLoads('compile cache and spare worker', ready, ({ median }) => {
    return `${faster(noCache, median)} no cache (goal 25), ${faster(oracle.load.diskCache.medianMs, median)} its disk cache (goal 1)`;
  });
}

/** Milliseconds until the guard is loaded (the oracle's figures) and until its first answer. */
interface LoadTimes {
  readonly loaded: Timing;
  readonly answered: Timing;
}

/** `pauseMs`: time between two loads, in which the replacement of a spare worker can start. */
async function timeLoads(
  agentInput: string,
  count: number,
  options: () => { readonly cache: CompileCache; readonly spare?: SpareWorkers },
  pauseMs = 0,
): Promise<LoadTimes> {
  const loadedMs: number[] = [];
  const answeredMs: number[] = [];
  for (let at = -2; at < count; at++) {
    await new Promise((resume) => setTimeout(resume, pauseMs));
    const began = performance.now();
    const loaded = await loadWasmGuard(guardBytes, { workerFile, ...options() });
    const afterLoad = performance.now() - began;
    if (!loaded.ok) throw new Error(loaded.error);
    await loaded.guard.raw('label_agent', agentInput, { backend });
    if (at >= 0) {
      loadedMs.push(afterLoad);
      answeredMs.push(performance.now() - began);
    }
    void loaded.guard.close();
  }
  return { loaded: summarize(loadedMs), answered: summarize(answeredMs) };
}

function reportLoads(what: string, { loaded, answered }: LoadTimes, remark: (timing: Timing) => string): void {
  report(`ours, ${what}`, loaded, remark(loaded));
  report('  to the first answer', answered, remark(answered));
}

async function calls(
  agentInput: string,
  resourceInput: string,
  responses: readonly { readonly items: number; readonly input: string }[],
  oracle: readonly OracleFigures[],
): Promise<void> {
  const loaded = await loadWasmGuard(guardBytes, { workerFile });
  if (!loaded.ok) throw new Error(loaded.error);
  const { guard } = loaded;
  const plain = await plainGuard(guardBytes, answers.map(encodeGoJson));
  await guard.raw('label_agent', agentInput, { backend });
  plain.call('label_agent', agentInput);
  const subjects = [
    { label: 'label_agent', name: 'label_agent', input: agentInput, figures: oracle[0] },
    { label: 'label_resource', name: 'label_resource', input: resourceInput, figures: oracle[0] },
    ...responses.map(({ items, input }, at) => {
      return { label: `label_response, ${items} issues`, name: 'label_response', input, figures: oracle[at] };
    }),
  ] as const;
  for (const { label, name, input, figures } of subjects) {
    const timings = await timeInTurns(callsMeasured, 100, {
      plain: () => plain.call(name, input),
      ours: () => guard.raw(name as 'label_agent', input, { backend }),
    });
    const theirs = figures?.calls[name]?.medianMs ?? NaN;
    const faster = (theirs / timings.ours.median).toFixed(1);
    const share = (timings.ours.median / timings.plain.median).toFixed(2);
    console.log(`${label.padEnd(28)} oracle ${ms(theirs)}, plain script ${ms(timings.plain.median)}`);
    report(`  ours`, timings.ours, `${faster} times faster than the oracle, ${share} times the plain script`);
  }
  await guard.close();
}

void main();
