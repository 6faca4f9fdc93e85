/** The members that the gateway reads of each answer of a guard, level by level (gateway spec 2.4 to 2.6). */
import type { JsonObject } from '../../base/json.ts';
import type { GuardFunction } from '../../difc/record/guardCall.ts';

/** The members of one object: the shape of a member's own object, or of the objects in its list; null for a member without a shape. */
export interface Shape {
  readonly fields: Readonly<Record<string, Shape | null>>;
  /** Whether the gateway finds members regardless of upper and lower case. */
  readonly anyCase: boolean;
  /** Members whose exact spelling counts although others may have any case. */
  readonly exact?: readonly string[];
}

/** The shape of an answer. `label_response` has two: with `labeled_paths`, the older list of items does not count. */
export function shapeOf(name: GuardFunction, document: JsonObject): Shape {
  if (name === 'label_agent') return agentAnswer;
  if (name === 'label_resource') return resourceAnswer;
  const isLegacy = Object.hasOwn(document, 'items') && !Object.hasOwn(document, 'labeled_paths');
  return isLegacy ? legacyAnswer : pathAnswer;
}

/** Names that authors give to a member of another name. */
export const otherNames: Readonly<Record<string, string>> = {
  access: 'operation',
  action: 'operation',
  confidentiality: 'secrecy',
  default: 'default_labels',
  defaults: 'default_labels',
  enforcement_mode: 'difc_mode',
  mode: 'difc_mode',
  name: 'description',
  op: 'operation',
  operation_type: 'operation',
  paths: 'labeled_paths',
  pointer: 'path',
  secret: 'secrecy',
  title: 'description',
  trust: 'integrity',
};

function looseShape(fields: Shape['fields'], exact: readonly string[] = []): Shape {
  return { fields, anyCase: true, exact };
}

function exactShape(fields: Shape['fields']): Shape {
  return { fields, anyCase: false };
}

const tagLists = { secrecy: null, integrity: null } as const;

const agentAnswer = looseShape(
  {
    agent: looseShape(tagLists),
    difc_mode: null,
    normalized_policy: null,
    success: null,
    ok: null,
    error: null,
  },
  ['success', 'ok', 'error'],
);

const strictLabels = exactShape({ description: null, ...tagLists });
const looseLabels = looseShape({ description: null, ...tagLists });

const resourceAnswer = exactShape({ resource: strictLabels, operation: null });

const pathAnswer = looseShape(
  {
    labeled_paths: looseShape({ path: null, labels: looseLabels }),
    default_labels: looseLabels,
    items_path: null,
  },
  ['labeled_paths'],
);

const legacyAnswer = exactShape({ items: exactShape({ data: null, labels: strictLabels }) });
