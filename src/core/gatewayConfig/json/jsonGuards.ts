/** The guards of a JSON configuration, decoded as Go does: keys match in any case, unknown keys are ignored (gateway `StdinGuardConfig`). */
import { encodeGoJson } from '../../go/goJson.ts';
import { buildGoJsonTree } from '../../go/goJsonTree.ts';
import { typeError } from '../../go/goJsonTyped.ts';
import { sortUtf8, toLower } from '../../go/goText.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Policy } from '../../policy/policy.ts';
import { hintFor, keyHint } from '../../policy/hints.ts';
import { checkGuardPolicy, type PolicyFault } from '../../policy/validate.ts';
import { guardPolicyAdvice } from '../model/guardPolicyAdvice.ts';
import { stringMember } from '../model/members.ts';
import type { ConfigFault, ConfigLocator, GuardConfig } from '../model/configModel.ts';

/** The guards in order of their names. The gateway finds `early` faults before it checks the servers, and `late` ones after. */
export interface ReadJsonGuards {
  readonly guards: readonly GuardConfig[];
  readonly early: readonly ConfigFault[];
  readonly late: readonly ConfigFault[];
}

/** Reads the member `guards`; a missing member and null mean no guards. */
export function readJsonGuards(value: JsonValue | undefined, locate: ConfigLocator): ReadJsonGuards {
  if (value === undefined || value === null) return { guards: [], early: [], late: [] };
  if (!isJsonObject(value)) {
    const type = 'map[string]*config.StdinGuardConfig';
    return { guards: [], early: [decodingFault(value, 'StdinConfig.guards', type, ['guards'])], late: [] };
  }
  const read = sortUtf8(Object.keys(value)).map((name) => readGuard(name, value[name] ?? null, locate));
  return {
    guards: read.flatMap(({ guards }) => guards),
    early: read.flatMap(({ early }) => early),
    late: read.flatMap(({ late }) => late),
  };
}

const fieldNames = ['type', 'path', 'config', 'policy'] as const;

function readGuard(name: string, value: JsonValue, locate: ConfigLocator): ReadJsonGuards {
  const path = ['guards', name];
  if (value === null) {
    const message = 'panic: runtime error: invalid memory address or nil pointer dereference';
    const hint = `The gateway crashes on a guard that is null; write ${JSON.stringify(name)}: {}`;
    return {
      guards: [],
      early: [],
      late: [{ severity: 'error', code: 'config/crash', message, hint, path, at: 'value' }],
    };
  }
  if (!isJsonObject(value)) {
    const early = [decodingFault(value, 'StdinConfig.guards', 'config.StdinGuardConfig', path)];
    return { guards: [], early, late: [] };
  }
  const { fields, keys, unknown } = fieldsOf(value);
  const typeFaults = (['type', 'path'] as const).flatMap((field) => {
    const given = fields[field];
    if (given === undefined || given === null || typeof given === 'string') return [];
    return [decodingFault(given, `StdinGuardConfig.guards.${field}`, 'string', [...path, keys.get(field) ?? field])];
  });
  const checked = checkPolicy(name, fields['policy'], [...path, keys.get('policy') ?? 'policy']);
  const guard = {
    name,
    type: stringMember(fields, 'type'),
    path: stringMember(fields, 'path'),
    policy: checked.policy,
  };
  return {
    guards: [{ ...guard, place: locate.key(path) }],
    early: [...unknown.map((key) => ignored(key, [...path, key], keys)), ...typeFaults, ...checked.early],
    late: checked.late,
  };
}

/** The members by field. Of several spellings of a field the last one counts. */
function fieldsOf(value: JsonObject): {
  readonly fields: JsonObject;
  readonly keys: ReadonlyMap<string, string>;
  readonly unknown: readonly string[];
} {
  const keys = new Map<string, string>();
  const unknown: string[] = [];
  for (const key of Object.keys(value)) {
    const field = fieldNames.find((name) => name === toLower(key));
    if (field === undefined) unknown.push(key);
    else keys.set(field, key);
  }
  const fields = Object.fromEntries([...keys].map(([field, key]) => [field, value[key] ?? null]));
  return { fields, keys, unknown };
}

interface CheckedPolicy {
  readonly policy: Policy | null;
  readonly early: readonly ConfigFault[];
  readonly late: readonly ConfigFault[];
}

/** A decoding fault stops the gateway while it parses the JSON; a value fault stops it when it checks the guards. */
function checkPolicy(name: string, value: JsonValue | undefined, path: readonly string[]): CheckedPolicy {
  if (value === undefined || value === null) return { policy: null, early: [], late: [] };
  const { policy, faults } = checkGuardPolicy(buildGoJsonTree(encodeGoJson(value)));
  const toFault = (message: string, fault: PolicyFault): ConfigFault => ({
    severity: 'error',
    code: 'config/policy',
    message,
    ...hintFor(fault, isJsonObject(value) ? value : {}),
    path: [...path, ...fault.path],
    at: fault.kind === 'unsupported-field' ? 'key' : 'value',
  });
  return {
    policy,
    early: faults
      .filter(({ decoding }) => decoding)
      .map((fault) => toFault(`failed to parse JSON: ${fault.message}`, fault)),
    late: [
      ...faults
        .filter(({ decoding }) => !decoding)
        .map((fault) => toFault(`invalid policy for guard '${name}': ${fault.message}`, fault)),
      ...guardPolicyAdvice(isJsonObject(value) ? value : {}, path),
    ],
  };
}

function decodingFault(value: JsonValue, field: string, type: string, path: ConfigFault['path']): ConfigFault {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const message = `failed to parse JSON: ${typeError(kind, type).replace(' into Go value', ` into Go struct field ${field}`)}`;
  return { severity: 'error', code: 'config/type', message, path, at: 'value' };
}

function ignored(key: string, path: ConfigFault['path'], keys: ReadonlyMap<string, string>): ConfigFault {
  const hint = keyHint(key, fieldNames, (meant) => keys.has(meant));
  const message = `The gateway ignores "${key}" of a guard`;
  return { severity: 'warning', code: 'config/passed-over', message, hint, path, at: 'key' };
}
