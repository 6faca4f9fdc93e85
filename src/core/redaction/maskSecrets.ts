/** Takes the secrets out of a configuration before it is shown: a diff in an editor may be shared, filmed, or read over a shoulder. */
import { Redactor } from './redaction.ts';
import { placeholder } from './redactionRules.ts';

/** What stands for a secret. */
export const mask = '•••';

/**
 * The text with the values of the named settings (variables of the environment, headers) masked, and with whatever looks like a secret
 * elsewhere replaced. JSON and TOML; a value that only refers to one (`${input:token}`) stays.
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

function isHarmless(value: string): boolean {
  return value === '' || value === mask || placeholder.test(value);
}

function literal(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
