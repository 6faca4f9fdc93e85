/** The command lines of the tap that this extension puts into configurations or starts itself. */
import { join } from 'node:path';
import { serverFlag } from '../../core/clientConfigs/tapMarks.ts';
import type { Launcher } from './launcher.ts';

/** What a capture is told. */
export interface CaptureOptions {
  /** Where captures go, absolute. */
  readonly folder: string;
  readonly redact: boolean;
  /** Mebibytes at which a capture is full; 0 for no limit. */
  readonly maxFileMiB: number;
  /** Finished captures of a server that are kept; 0 for all. */
  readonly keepSessions: number;
}

/** A process to start. */
export interface TapProcess {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** For a server over standard input and output: its own command follows the last argument. */
export function stdioTap(launcher: Launcher, server: string, options: CaptureOptions): TapProcess {
  const { command, args, env } = launcher;
  return { command, args: [...args, 'tap', ...shared(server, options), '--controlled', '--'], env };
}

/** For a server at a URL: prints the URL of the tap. */
export function httpTap(launcher: Launcher, server: string, url: string, options: CaptureOptions): TapProcess {
  const { command, args, env } = launcher;
  return {
    command,
    args: [...args, 'tap', '--http', url, '--port', '0', ...shared(server, options), '--controlled'],
    env,
  };
}

function shared(server: string, { folder, redact, maxFileMiB, keepSessions }: CaptureOptions): readonly string[] {
  return [
    ...['--out', join(folder, '{server}-{time}-{pid}.guardtrace.jsonl'), ...serverFlag(server)],
    ...(redact ? [] : ['--no-redact']),
    ...(maxFileMiB > 0 ? ['--max-size', String(maxFileMiB)] : []),
    ...(keepSessions > 0 ? ['--keep-sessions', String(keepSessions)] : []),
  ];
}
