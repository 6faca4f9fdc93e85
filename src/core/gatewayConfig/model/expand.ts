/** `${NAME}` in a configuration: the gateway puts the variable in its place, or stops (gateway `internal/config/expand.go`). */
import type { Environment } from '../../policy/override.ts';
import { configurationFault } from './configTexts.ts';

/** The text with its variables in place, and the first that is not set. */
export interface Expanded {
  readonly text: string;
  readonly undefinedName: string | null;
}

/** Replaces every `${NAME}`; one that is not set stays as it is. What comes in is not looked at again. */
export function expandVariables(text: string, env: Environment): Expanded {
  let undefinedName: string | null = null;
  const expanded = text.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
    const value = env[name];
    if (value === undefined) undefinedName ??= name;
    return value ?? whole;
  });
  return { text: expanded, undefinedName };
}

/** The gateway's text for a variable that is not set; `where` is its path, or `configuration` for the whole of a JSON form. */
export function undefinedVariable(name: string, where: string): string {
  const suggestion = `Set the environment variable ${name} before starting the gateway`;
  return configurationFault(where, `undefined environment variable referenced: ${name}`, suggestion);
}
