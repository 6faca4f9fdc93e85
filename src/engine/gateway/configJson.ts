/** Reads a JSON configuration as `--config-stdin` does (gateway `LoadFromStdin`, spec 5.2). */
import { decodeGoJson } from '../../core/base/goJson.ts';
import { toLower, trimSpace, sortUtf8 } from '../../core/base/goText.ts';
import { decodeGoObject } from '../../core/base/goJson.ts';
import { isJsonObject, type JsonObject } from '../../core/base/json.ts';
import { hintForSyntax } from '../../core/policy/hints.ts';
import { makeLocator } from '../../core/policy/locate.ts';
import type { Environment } from '../../core/policy/override.ts';
import { closest } from '../../core/policy/suggest.ts';
import { serverFaults, trustedBotFaults, valueFault } from './configChecks.ts';
import { configurationFault, tooSmall } from './configTexts.ts';
import { toolTimeoutOf } from './environment.ts';
import { expandVariables, undefinedVariable } from './expand.ts';
import { compareWithShape, type ShapeFault } from './jsonCheck.ts';
import { readJsonGuards } from './jsonGuards.ts';
import { type JsonObjectShape, jsonConfig, serverShapes } from './jsonShapes.ts';
import { booleanOf, member, numberOf, objectOf, textOf, textsOf } from './members.ts';
import { configDefaults, type ConfigFault, type ConfigLocator, type ReadConfig, type ServerConfig } from './model.ts';

/** The configuration of a text that is JSON; where it is none, an empty one with the place of the fault. */
export function readJsonConfig(text: string, file: string | undefined, env: Environment): ReadConfig {
  const locate = makeLocator(text, file);
  const empty = configOf({}, locate, env);
  const plain = decodeGoObject(text);
  if (!plain.ok) {
    const at = locate.byte(plain.offset);
    const message = `failed to normalize configuration: ${plain.error}`;
    const fault = { severity: 'error', code: 'config/not-json', message, path: [], at: 'value' } as const;
    return { config: empty, faults: [{ ...fault, ...hintForSyntax(text) }], locate: { key: () => at, value: () => at } };
  }
  const { text: expanded, undefinedName } = expandVariables(text, env);
  const decoded = decodeGoJson(expanded);
  if (undefinedName !== null) return { config: readable(text, locate, env), faults: [undefinedFault(undefinedName)], locate: atVariable(text, undefinedName, locate) };
  if (!decoded.ok || !isJsonObject(decoded.value)) {
    const error = decoded.ok ? '' : decoded.error;
    const message = `failed to prepare data for schema validation: ${error}`;
    const hint = 'The value of a variable breaks the JSON: quotes and backslashes in it are not escaped';
    return { config: empty, faults: [{ severity: 'error', code: 'config/not-json', message, hint, path: [], at: 'value' }], locate };
  }
  const root = decoded.value;
  const { guards, faults } = readJsonGuards(member(root, 'guards'), locate);
  const shape = shapeFaults(root).map(toFault);
  return { config: { ...configOf(root, locate, env), guards }, faults: [...shape, ...faults.early, ...checks(root, env), ...faults.late], locate };
}
