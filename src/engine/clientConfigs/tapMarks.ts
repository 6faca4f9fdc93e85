/** How a tap of Guardscope is recognised in a configuration: by its own command line, or by the address of an HTTP tap. */

/**
 * How many of a server's arguments are the tap's, `--` among them: what follows is the server's own command. Null where no tap stands
 * before it.
 */
export function tapLength(command: string, args: readonly string[]): number | null {
  const at = /(?:^|[\\/])guardscope(?:\.cmd)?$/.test(command) ? -1 : args.findIndex((arg) => arg === 'tap') - 1;
  if (args[at + 1] !== 'tap') return null;
  const end = args.indexOf('--', at + 1);
  return end > 0 && args.slice(at + 2, end).includes('--out') && args.length > end + 1 ? end + 1 : null;
}

/** The token is a part of the address. */
export function isTapUrl(url: string): boolean {
  return /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+\/[\w-]{32}(?:\/|$)/.test(url);
}

/** Tells a tap the name of its server, which must not look like a flag when it begins with a dash. */
export function serverFlag(server: string): readonly string[] {
  return server.startsWith('-') ? [`--server=${server}`] : ['--server', server];
}
