/** Recognizes a tap of Guardscope in a configuration by its command line or by the address of an HTTP tap. */

/**
 * The number of arguments that belong to the tap, including `--`; the server's own command follows. null when the command is not a tap.
 */
export function tapLength(command: string, args: readonly string[]): number | null {
  const at = /(?:^|[\\/])guardscope(?:\.cmd)?$/.test(command) ? -1 : args.findIndex((arg) => arg === 'tap') - 1;
  if (args[at + 1] !== 'tap') return null;
  const end = args.indexOf('--', at + 1);
  return end > 0 && args.slice(at + 2, end).includes('--out') && args.length > end + 1 ? end + 1 : null;
}

/** Whether an address is that of an HTTP tap: on the loopback interface, with the tap's token as first segment. */
export function isTapUrl(url: string): boolean {
  return /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+\/[\w-]{32}(?:\/|$)/.test(url);
}

/** The tap's flag with the name of its server. A name with a leading dash needs the form with `=`. */
export function serverFlag(server: string): readonly string[] {
  return server.startsWith('-') ? [`--server=${server}`] : ['--server', server];
}
