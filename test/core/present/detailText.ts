/** Renders a call detail as text for goldens, with everything that the panel shows except measured times. */
import type {
  BackendRow,
  CallDetail,
  GuardCallRow,
  ItemRow,
  LabelLists,
  TextBlock,
} from '../../../src/core/protocol/rows.ts';

/** Returns the detail as lines, without `durationMs` and `atMs`, and with long texts cut. */
export function detailText(detail: CallDetail): string {
  const { row, mode, phases, remedies, resource, coarse, items, guardCalls, backendCalls, log, problems } = detail;
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    [`call ${row.index + 1} ${row.server}/${row.tool} (line ${detail.line})`, [detail.headline]],
    [
      'row',
      [
        `${row.time} ${row.status} ${row.operation ?? '-'} ${row.args}`,
        `items ${row.items === null ? '-' : `${row.items.allowed}/${row.items.total}`}, gained ${labels(row.gained)}, lost ${labels(row.lost)}${row.began === undefined ? '' : `; label_agent gave ${labels(row.began)}`}`,
        `memory ${row.memoryBytes ?? '-'}, look-ups ${row.backendCalls}, log ${row.logLines} (level ${row.logLevel ?? '-'}), problems ${row.problems}${row.differs ? ', differs' : ''}`,
      ],
    ],
    [`mode ${mode ?? '-'}`, [`agent before ${labels(detail.agentBefore)}`, `agent after ${labels(detail.agentAfter)}`]],
    ['resource', resource === null ? [] : [`${resource.description}: ${labels(resource)}`]],
    ['coarse check', coarse === null ? [] : [coarse.outcome, ...nonEmpty(coarse.reason)]],
    [
      'phases',
      phases.flatMap(({ id, title, status, sentences }) => [`${id} ${title} [${status}]`, ...indent(sentences)]),
    ],
    ['remedies', remedies],
    [`items (${detail.itemsAllowed} of ${detail.itemsTotal} allowed)`, items.flatMap(itemLines)],
    ['guard calls', guardCalls.flatMap(guardCallLines)],
    ['look-ups', backendCalls.flatMap(lookupLines)],
    [
      'log',
      log.map(
        (line) => `${line.guardCall} ${line.function} attempt ${line.attempt} level ${line.level}: ${line.message}`,
      ),
    ],
    [
      'problems',
      problems.flatMap(({ severity, code, message, hint }) => [
        `${severity} ${code}: ${message}`,
        ...indent(nonEmpty(hint ?? '')),
      ]),
    ],
    ['arguments', [block(detail.args)]],
    ['backend result', detail.backendResult === null ? [] : [block(detail.backendResult)]],
    [`client (${detail.clientIsError ? 'error' : 'result'})`, detail.client === null ? [] : [block(detail.client)]],
    ['client unknown', detail.clientUnknown],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [`## ${title}`, ...lines].join('\n'))
    .join('\n');
}

function itemLines(item: ItemRow): readonly string[] {
  const verdict = item.allowed ? 'allowed' : 'withheld';
  return [
    `${item.index} ${item.path} ${verdict} (${item.decision}, ${item.origin}) ${item.description}: ${labels(item)}`,
    ...indent([item.why, ...nonEmpty(item.reason), item.preview]),
  ];
}

function guardCallLines(call: GuardCallRow): readonly string[] {
  const { attempts, memory, grows, error, answerError, trace, death, stack, poisoned, input, output, stdout, stderr } =
    call;
  return [
    `${call.function}${poisoned ? ' (poisoned)' : ''}`,
    ...indent([
      ...attempts.map(({ bufferSize, code, hint }) => `buffer ${bufferSize}, code ${code ?? '-'}, hint ${hint ?? '-'}`),
      ...(memory === null ? [] : [`memory ${memory.before} -> ${memory.after}, peak ${memory.peak}`]),
      ...grows.map(({ from, to, by }) => `memory grown by the ${by}: ${from} -> ${to}`),
      `input ${block(input)}`,
      ...(output === null ? [] : [`output ${block(output)}`]),
      ...(error === null ? [] : [`error ${error}`]),
      ...(answerError === null ? [] : [`answer rejected: ${answerError}`]),
      ...(death === null ? [] : [`death ${death}`]),
      ...(stack?.lines ?? []).map(
        ({ text, folded }) => `stack ${text}${folded.length === 0 ? '' : ` (${folded.length})`}`,
      ),
      ...(stack?.notes ?? []).map((note) => `stack note ${note}`),
      ...(trace ?? []).map((frame) => `at ${frame}`),
      ...nonEmpty(stdout, 'stdout '),
      ...nonEmpty(stderr, 'stderr '),
      ...(call.logDropped === 0 ? [] : [`${call.logDropped} log lines dropped`]),
    ]),
  ];
}

function lookupLines({ guardCall, tool, args, end, code, result, error, attempt }: BackendRow): readonly string[] {
  const lines = [...(result === null ? [] : [block(result)]), ...nonEmpty(error ?? '')];
  return [`${guardCall} ${tool} ${args}: ${end} (code ${code}, attempt ${attempt})`, ...indent(lines)];
}

function block({ text, bytes, truncated, json }: TextBlock): string {
  const oneLine = text.replaceAll(/\s+/g, ' ');
  const shown = oneLine.length > 160 ? `${oneLine.slice(0, 160)}…` : oneLine;
  return `(${bytes} bytes${json ? ', JSON' : ''}${truncated ? ', truncated' : ''}) ${shown}`;
}

function labels({ secrecy, integrity }: LabelLists): string {
  return `[${secrecy.join(' ')}] [${integrity.join(' ')}]`;
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`);
}

function nonEmpty(text: string, prefix = ''): readonly string[] {
  return text === '' ? [] : [`${prefix}${text}`];
}
