/** Checks the coverage of the tools that a server offers: which the guard does not know, and which it labels against their annotations. */
import { listText } from '../../base/listText.ts';
import type { JsonValue } from '../../base/json.ts';
import type { Operation } from '../../difc/record/decision.ts';
import { evaluate, isAllowed } from '../../difc/monitor/evaluator.ts';
import { sortedTags } from '../../difc/monitor/labels.ts';
import type { LabelResourceResult } from '../../guard/guard.ts';
import { type Check, type CheckFinding, ended, notApplicable } from '../checkModel.ts';
import { breakdown, distinct, isRefusedByGuard } from '../judge.ts';
import { agentOf, resourceOf } from '../labels.ts';
import { alone, begin, type CheckPart, make, nameOf } from '../steps.ts';
import { resourceCall } from '../subject/madeUpSubject.ts';
import type { CheckSubject, CoveredTool } from '../subject/checkSubject.ts';
import { type KnownValues, knownValues, schemaArguments } from './schemaArguments.ts';

/** A tool that no server has. */
const noSuchTool = 'guardscope_no_such_tool';

const withoutTools = 'the captured session has no list of tools';

/** A tool with the answer of the guard. */
interface LabelledTool {
  readonly tool: CoveredTool;
  readonly args: JsonValue;
  readonly labels: LabelResourceResult | null;
}

export const toolsKnown: Check = {
  id: 'tools-known',
  section: 'tools',
  title: 'The guard knows every tool that the server offers',
  *run(subject) {
    if (subject.tools === null) return notApplicable(withoutTools);
    const known = knownOf(subject);
    const { labelled, findings } = yield* labelTools(subject, subject.tools, known);
    const unknown: LabelledTool[] = [];
    for (const each of labelled) {
      const other = resourceOf(yield* alone(subject, resourceCall(noSuchTool, each.args)));
      if (isSame(each.labels, each.tool.name, other, noSuchTool)) unknown.push(each);
    }
    const all = labelled.length;
    if (unknown.length === all && all > 0) {
      return ended(
        `${all} tools; the guard labels all of them as it labels a tool that does not exist`,
        distinct(findings),
      );
    }
    const names = unknown.map(({ tool }) => tool.name);
    return ended(`${all} tools, ${all - names.length} with labels of their own`, [
      ...distinct(findings),
      ...(names.length === 0 ? [] : [fallsToDefault(names, unknown[0]?.labels ?? null)]),
    ]);
  },
};

export const toolsAsDeclared: Check = {
  id: 'tools-as-declared',
  section: 'tools',
  title: 'The operation of a tool agrees with its readOnlyHint and destructiveHint',
  *run(subject) {
    if (subject.tools === null) return notApplicable(withoutTools);
    const { labelled } = yield* labelTools(subject, subject.tools, knownOf(subject));
    const declared = labelled.filter(({ tool, labels }) => labels !== null && isReadByServer(tool) !== null);
    if (declared.length === 0) return notApplicable('no tool declares what it does');
    const findings = declared.flatMap(({ tool, labels }) => contradiction(tool, labels?.operation ?? 'write'));
    return ended(`${declared.length} tools with hints`, findings);
  },
};

export const unknownToolCheck: Check = {
  id: 'unknown-tool',
  section: 'tools',
  title: 'A tool that does not exist gets labels without a trap',
  *run(subject) {
    const agent = agentOf(yield* begin(subject));
    const record = yield* make(subject, resourceCall(noSuchTool, {}));
    const found = breakdown(record, 'a tool that does not exist');
    if (found !== null) return ended('one call', [found]);
    if (isRefusedByGuard(record)) return ended('the guard refuses it with a negative code', []);
    const labels = resourceOf(record);
    if (labels === null) return ended('one call', []);
    const { operation, resource } = labels;
    const isOpen = isAllowed(evaluate('filter', operation, agent, resource));
    return ended(
      `labelled as "${operation}", ${isOpen ? 'allowed' : 'denied'} for the agent of the policy`,
      isOpen && operation !== 'read' ? [writeAllowed(operation)] : [],
    );
  },
};

function knownOf({ responses }: CheckSubject): KnownValues {
  return knownValues(responses.map(({ args }) => args));
}

function* labelTools(
  subject: CheckSubject,
  tools: readonly CoveredTool[],
  known: KnownValues,
): CheckPart<{ readonly labelled: readonly LabelledTool[]; readonly findings: readonly CheckFinding[] }> {
  const labelled: LabelledTool[] = [];
  const findings: CheckFinding[] = [];
  for (const tool of tools) {
    const used = subject.responses.find((sample) => sample.tool === tool.name)?.args;
    const args = tool.inputSchema === null && used !== undefined ? used : schemaArguments(tool.inputSchema, known);
    const call = resourceCall(tool.name, args);
    const record = yield* alone(subject, call);
    const found = breakdown(record, 'arguments from its schema', nameOf(call));
    if (found !== null) findings.push({ ...found, subject: tool.name });
    labelled.push({ tool, args, labels: resourceOf(record) });
  }
  return { labelled, findings };
}

/** Whether two tools have the same labels; their names in the descriptions do not count. */
function isSame(
  one: LabelResourceResult | null,
  name: string,
  other: LabelResourceResult | null,
  otherName: string,
): boolean {
  return textOf(one, name) === textOf(other, otherName);
}

function textOf(labels: LabelResourceResult | null, name: string): string {
  if (labels === null) return 'refused';
  const { description, secrecy, integrity } = labels.resource;
  return JSON.stringify([
    labels.operation,
    description.replaceAll(name, ''),
    sortedTags(secrecy),
    sortedTags(integrity),
  ]);
}

function fallsToDefault(names: readonly string[], labels: LabelResourceResult | null): CheckFinding {
  const list = listText(
    names.map((name) => `"${name}"`),
    12,
  );
  return {
    severity: 'warning',
    code: 'check/tool-unknown-to-guard',
    message: `The guard labels ${names.length === 1 ? 'a tool' : `${names.length} tools`} of the server as it labels a tool that does not exist: ${list}`,
    meaning:
      labels === null
        ? 'Calls of them fail for every agent'
        : `They count as "${labels.operation}" with the default labels, whatever they do: too open, or closed for every agent`,
    hint: 'Add them to the tools that the guard knows, or leave them out of "tools" in the configuration of the gateway',
    subject: names.join(' '),
  };
}

function isReadByServer({ readOnly, destructive }: CoveredTool): boolean | null {
  if (readOnly === true) return true;
  return destructive === true || readOnly === false ? false : null;
}

function contradiction(tool: CoveredTool, operation: Operation): readonly CheckFinding[] {
  const isRead = isReadByServer(tool);
  const hint = tool.destructive === true ? 'destructiveHint is true' : `readOnlyHint is ${String(tool.readOnly)}`;
  const message = `The server declares "${tool.name}" as ${isRead === true ? 'read-only' : 'one that changes something'} (${hint}), and the guard labels it as "${operation}"`;
  if (isRead === false && operation === 'read') {
    return [
      {
        severity: 'error',
        code: 'check/write-as-read',
        message,
        meaning:
          'The gateway does not check whether the agent may change the resource: a denied "read" is even sent to the server, and only its answer is withheld',
        hint: 'Return "write" or "read-write" for this tool',
        subject: tool.name,
      },
    ];
  }
  if (isRead !== true || operation === 'read') return [];
  return [
    {
      severity: 'warning',
      code: 'check/read-as-write',
      message,
      meaning:
        'A call that an agent may not make is refused as a whole, in place of an answer without the items that it may not see',
      hint: 'Return "read" for this tool if it changes nothing',
      subject: tool.name,
    },
  ];
}

function writeAllowed(operation: Operation): CheckFinding {
  return {
    severity: 'info',
    code: 'check/unknown-tool-allowed',
    message: `A tool that does not exist is labelled as "${operation}" of a resource that the agent of the policy may change`,
    meaning: 'A tool that the server gets later may be called by every agent before anybody has looked at it',
    hint: 'Give unknown tools labels that no agent has',
    subject: noSuchTool,
  };
}
