/** The command lines of the tap for configurations and for servers that the extension starts. */
import { join } from 'node:path';
import { sessionPattern } from '../recording/format/captureName.ts';
import { serverFlag } from '../../core/clientConfigs/tapMarks.ts';
import type { Launcher } from './launcher.ts';

/** Options of a capture. */
export interface CaptureOptions {
  /** Absolute path of the capture folder. */
  readonly folder: string;
  readonly redact: boolean;
  /** Maximum size of a capture in MiB; 0 for no limit. */
  readonly maxFileMiB: number;
  /** Number of finished captures to keep per server; 0 for all. */
  readonly keepSessions: number;
}

/** A process to start. */
export interface TapProcess {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The tap of a stdio server; append the server's command to the arguments. */
export function stdioTap(launcher: Launcher, server: string, options: CaptureOptions): TapProcess {
  const { command, args, env } = launcher;
  return { command, args: [...args, 'tap', ...shared(server, options), '--controlled', '--'], env };
}

/** The tap of an HTTP server; it prints its own URL. */
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
    ...['--out', join(folder, sessionPattern), ...serverFlag(server)],
    ...(redact ? [] : ['--no-redact']),
    ...(maxFileMiB > 0 ? ['--max-size', String(maxFileMiB)] : []),
    ...(keepSessions > 0 ? ['--keep-sessions', String(keepSessions)] : []),
  ];
}
