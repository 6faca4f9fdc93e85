/** Reads a TOML configuration as `--config` does (gateway `LoadFromFile`, spec 5.1). */
import { parse, TomlError, type TomlTable } from 'smol-toml';
import { quoteGo, sortUtf8 } from '../../go/goText.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Position } from '../../base/parsed.ts';
import { tomlPath } from '../../toml/tomlNode.ts';
import { outlineToml } from '../../toml/tomlOutline.ts';
import { payloadFrom } from '../model/configPayload.ts';
import type { Environment } from '../../policy/override.ts';
import {
  booleanMember,
  numberMember,
  objectMember,
  stringMember,
  stringListMember,
  stringsMember,
} from '../model/members.ts';
import {
  configDefaults,
  type ConfigFault,
  type ConfigLocator,
  type ReadConfig,
  type ServerConfig,
} from '../model/configModel.ts';
import { tomlFaults } from './tomlChecks.ts';
import { decodeToml, type TomlFault } from './tomlDecode.ts';
import { readTomlGuards } from './tomlGuards.ts';
import { makeTomlLocator } from './tomlLocator.ts';
import { tomlConfig } from './tomlShapes.ts';
import { unknownKeyFault, unknownTomlKeys, unrecognized } from './tomlUnknown.ts';

/** Brackets and dotted names that a configuration may nest. */
const maxTomlDepth = 1000;

/** The configuration of a TOML text; an empty one and the fault when the text cannot be parsed. */
export function readTomlConfig(source: string, file: string | undefined, env: Environment): ReadConfig {
  // The gateway's library skips a byte order mark.
  const text = source.replace(/^\ufeff/, '');
  const parsed = parseToml(text);
  if (!parsed.ok) {
    const { fault, line, column } = parsed;
    const position = { ...(file === undefined ? {} : { file }), line, column };
    return unreadable({ ...fault, position }, makeTomlLocator('', outlineToml(''), file));
  }
  const outline = outlineToml(text);
  const locate = makeTomlLocator(text, outline, file);
  // The parser limits brackets, not dotted names, which nest tables as well.
  if (outline.deepest.depth > maxTomlDepth) {
    return unreadable({ ...tooDeep, position: locate.index(outline.deepest.start) }, locate);
  }
  const { value, faults, taken } = decodeToml(parsed.table, tomlConfig);
  const unknown = unknownTomlKeys(outline, taken);
  const { guards, faults: guardFaults } = readTomlGuards(objectMember(value, 'guards'), locate);
  const typeFaults = faults.map((fault) => typeFault(fault, locate));
  const isDecoded = typeFaults.every(({ severity }) => severity !== 'error');
  const refusal = isDecoded && unknown.length > 0 ? unrecognized(unknown.map(tomlPath)) : undefined;
  return {
    config: { ...configOf(value, locate), guards },
    faults: [
      ...typeFaults,
      ...unknown.map((path) => unknownKeyFault(path, outline)),
      ...tomlFaults(value, env),
      ...guardFaults,
    ],
    locate,
    ...(refusal === undefined ? {} : { refusal }),
  };
}

/** The gateway's library has no such limit; the parser here and the readers of policies are recursive. */
const tooDeep = {
  severity: 'error',
  code: 'config/too-deep',
  message: `Guardscope does not read a configuration with more than ${maxTomlDepth} nested tables and arrays`,
  hint: 'Nest fewer tables; the gateway itself has no such limit',
  path: [],
  at: 'value',
} as const satisfies ConfigFault;

function unreadable(fault: ConfigFault, locate: ConfigLocator): ReadConfig {
  return { config: configOf({}, locate), faults: [fault], locate };
}

function typeFault({ severity, message, path }: TomlFault, locate: ConfigLocator): ConfigFault {
  if (severity === 'warning') return { severity, code: 'config/passed-over', message, path, at: 'value' };
  const { line = 0 }: Position = locate.key(path);
  const whole = `failed to parse TOML: toml: line ${line} (last key ${quoteGo(tomlPath(path))}): ${message}`;
  return { severity, code: 'config/type', message: whole, path, at: 'value' };
}

function configOf(value: JsonObject, locate: ConfigLocator): ReadConfig['config'] {
  const gateway = objectMember(value, 'gateway');
  const servers = objectMember(value, 'servers');
  const timeout = numberMember(gateway, 'tool_timeout') ?? 0;
  return {
    form: 'toml',
    servers: sortUtf8(Object.keys(servers)).map((id) => serverOf(id, objectMember(servers, id), locate)),
    guards: [],
    guardsMode: Object.hasOwn(value, 'guards_mode') ? stringMember(value, 'guards_mode') : null,
    trustedBots: stringListMember(gateway, 'trusted_bots') ?? [],
    toolTimeoutMs: timeout < 0 ? null : (timeout === 0 ? configDefaults.toolTimeoutS : timeout) * 1000,
    forcePublicRepos: booleanMember(gateway, 'force_public_repos'),
    sinkVisibilityExemptServers: stringListMember(gateway, 'sink_visibility_exempt_servers') ?? [],
    payload: payloadFrom(
      numberMember(gateway, 'payload_size_threshold'),
      stringMember(gateway, 'payload_dir'),
      stringMember(gateway, 'payload_path_prefix'),
    ),
  };
}

function serverOf(id: string, server: JsonObject, locate: ConfigLocator): ServerConfig {
  const timeout = numberMember(server, 'tool_timeout') ?? 0;
  const path = ['servers', id];
  return {
    id,
    guard: stringMember(server, 'guard'),
    guardPolicies: objectMember(server, 'guard_policies'),
    tools: stringListMember(server, 'tools') ?? [],
    toolTimeoutMs: timeout > 0 ? timeout * 1000 : null,
    circuit: {
      threshold: numberMember(server, 'rate_limit_threshold') ?? 0,
      cooldownMs: (numberMember(server, 'rate_limit_cooldown') ?? 0) * 1000,
    },
    responseFilters: stringsMember(server, 'tool_response_filters'),
    places: {
      server: locate.key(path),
      guard: locate.key([...path, 'guard']),
      policies: locate.key([...path, 'guard_policies']),
      inPolicies: (rest, at) => locate[at]([...path, 'guard_policies', ...rest]),
    },
  };
}

type ParsedToml =
  | { readonly ok: true; readonly table: TomlTable }
  | { readonly ok: false; readonly fault: ConfigFault; readonly line: number; readonly column: number };

function parseToml(text: string): ParsedToml {
  try {
    return { ok: true, table: parse(text, { integersAsBigInt: true, maxDepth: maxTomlDepth }) };
  } catch (thrown) {
    if (thrown instanceof RangeError) return { ok: false, fault: tooDeep, line: 1, column: 1 };
    if (!(thrown instanceof TomlError)) throw thrown;
    const { line, column } = thrown;
    const [first = ''] = thrown.message.split('\n');
    if (first.includes('excessively nested')) return { ok: false, fault: tooDeep, line, column };
    const message = `failed to parse TOML: toml: line ${line}: ${first.replace('Invalid TOML document: ', '')}`;
    const fault = { severity: 'error', code: 'config/not-toml', message, path: [], at: 'value' } as const;
    return { ok: false, fault, line, column };
  }
}
