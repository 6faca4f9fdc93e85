/** Masks the secrets in a configuration before it is shown, because others may see a diff in an editor. */
import { Redactor } from './redaction.ts';

/** Replacement for a secret. */
export const mask = '•••';

/**
 * Masks the values of the named settings (environment variables, headers), and replaces values elsewhere that look like secrets. Supports
 * JSON and TOML. A reference to a secret (`${input:token}`) is not masked.
 */
export function maskSecrets(text: string, names: Iterable<string>): string {
  let masked = text;
  for (const name of new Set(names)) {
    const value = `"(?:[^"\\\\\\n]|\\\\.)*"|'[^'\\n]*'`;
    const setting = new RegExp(`((?:"${literal(name)}"|(?<![\\w-])${literal(name)})\\s*[:=]\\s*)(${value})`, 'g');
    masked = masked.replaceAll(setting, (_whole, before: string, quoted: string) => {
      const [quote] = quoted;
      return isHarmless(quoted.slice(1, -1)) ? `${before}${quoted}` : `${before}${quote}${mask}${quote}`;
    });
  }
  return new Redactor(() => '…').text(masked).text;
}

/** Placeholders and references to a secret. */
const reference = /^(?:\*+|x+|<[^<>]*>|\$\{[^{}]*\}|\$\w+|\{\{[^{}]*\}\}|null|none|true|false|\.\.\.|…)$/i;

function isHarmless(value: string): boolean {
  return value === '' || value === mask || reference.test(value);
}

function literal(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
