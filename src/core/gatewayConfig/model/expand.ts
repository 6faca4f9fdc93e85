/** Expands `${NAME}` in a configuration (gateway `internal/config/expand.go`). */
import type { Environment } from '../../policy/override.ts';
import { configurationFault } from './configTexts.ts';

/** The expanded text, and the first variable that is not set. */
export interface Expanded {
  readonly text: string;
  readonly undefinedName: string | null;
}

/** Replaces every `${NAME}`. A variable that is not set stays in the text. Values are not expanded again. */
export function expandVariables(text: string, env: Environment): Expanded {
  let undefinedName: string | null = null;
  const expanded = text.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (reference, name: string) => {
    const value = env[name];
    if (value === undefined) undefinedName ??= name;
    return value ?? reference;
  });
  return { text: expanded, undefinedName };
}

/** The gateway's error for a variable that is not set; `where` is the path of the value, or `configuration` for the JSON form. */
export function undefinedVariable(name: string, where: string): string {
  const suggestion = `Set the environment variable ${name} before starting the gateway`;
  return configurationFault(where, `undefined environment variable referenced: ${name}`, suggestion);
}
