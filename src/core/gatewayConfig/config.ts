/** Reads a configuration of the gateway in either of its forms (gateway `internal/config`, spec 5). */
import type { Parsed, Problem } from '../base/parsed.ts';
import type { Environment } from '../policy/override.ts';
import { readJsonConfig } from './json/configJson.ts';
import { readTomlConfig } from './toml/configToml.ts';
import type { ConfigFault, ConfigForm, ConfigLocator, GatewayConfig } from './model/configModel.ts';

/** The origin of a configuration. */
export interface ConfigSource {
  /** Path for positions; its extension decides the form unless `form` is given. */
  readonly file?: string;
  readonly form?: ConfigForm;
  /** The gateway's environment, for `${NAME}` and MCP_GATEWAY_TOOL_TIMEOUT. */
  readonly env: Environment;
}

/**
 * Reads as much of a configuration as possible and reports every problem in the gateway's words. An error means that the gateway refuses
 * the file; `refusal` is its error without the prefix `failed to load config: `. Never throws.
 */
export function readGatewayConfig(
  text: string,
  { file, form = formOf(text, file), env }: ConfigSource,
): Parsed<GatewayConfig> {
  const { config, faults, refusal, locate } =
    form === 'toml' ? readTomlConfig(text, file, env) : readJsonConfig(text, file, env);
  const first = faults.find(({ severity }) => severity === 'error');
  return {
    value: { ...config, refusal: refusal ?? first?.message ?? null },
    problems: faults.map((fault) => toProblem(fault, locate)),
  };
}

/** The form by the extension, otherwise by the first character: `{` starts JSON. */
function formOf(text: string, file: string | undefined): ConfigForm {
  if (file !== undefined && /\.json$/i.test(file)) return 'json';
  if (file !== undefined && /\.toml$/i.test(file)) return 'toml';
  return text.trimStart().startsWith('{') ? 'json' : 'toml';
}

function toProblem(
  { severity, code, message, hint, path, at, position: known }: ConfigFault,
  locate: ConfigLocator,
): Problem {
  const position = known ?? (at === 'key' ? locate.key(path) : locate.value(path));
  return { severity, code, message, ...(hint === undefined ? {} : { hint }), position };
}
