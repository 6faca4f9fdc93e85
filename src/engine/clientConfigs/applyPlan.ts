/** Writes a planned change: only when the file is still what the plan was made from, in one step, with a backup before the first change. */
import { randomBytes } from 'node:crypto';
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Failure } from '../../core/base/failure.ts';
import type { TapCommand } from './clientModel.ts';
import { readClientText } from './readConfig.ts';
import type { RecordFolder } from './changeRecords.ts';
import { entryText, type Plan } from './wrap.ts';

/**
 * Carries a plan out; gives the path of the backup, if there is one. Throws `clients/changed` when the file is another by now, and
 * `clients/unwritable`; in both cases nothing was changed.
 */
export function applyPlan(plan: Plan, folder: RecordFolder, tap?: TapCommand): string | null {
  const { config, server, before, after, kind } = plan;
  const { path } = config.file;
  const real = readUnchanged(path, before);
  const time = new Date().toISOString();
  const backup = kind === 'wrap' ? attempt(path, () => folder.backUp(path, before, time)) : null;
  attempt(path, () => replaceFile(real, after));
  if (kind === 'unwrap') folder.forget(path, server.path);
  else {
    const changed = readClientText(config.file, after);
    const twin = changed.servers.find((each) => each.path.join('\0') === server.path.join('\0')) ?? server;
    folder.remember({
      file: path,
      path: server.path,
      original: entryText(config, server),
      wrapped: entryText(changed, twin),
      backup: backup ?? '',
      time,
      ...(server.url === undefined ? {} : { url: server.url }),
      ...(tap?.url === undefined
        ? { env: Object.keys(tap?.env ?? {}).filter((name) => server.env?.[name] === undefined) }
        : {}),
    });
  }
  return backup;
}

/** The file behind a link; its text must be the one of the plan. */
function readUnchanged(path: string, before: string): string {
  const real = attempt(path, () => realpathSync(path));
  const now = attempt(path, () => readFileSync(real));
  if (now.equals(Buffer.from(before))) return real;
  throw new Failure(
    'clients/changed',
    `"${path}" was changed in the meantime`,
    'Nothing was written; look at the change again',
  );
}

/** A reader sees the old text or the new one, never a half. */
function replaceFile(path: string, text: string): void {
  const { mode } = statSync(path);
  const next = `${path}.${randomBytes(4).toString('hex')}.new`;
  try {
    writeFileSync(next, text, { mode: mode & 0o777, flag: 'wx' });
    renameSync(next, path);
  } catch (thrown) {
    rmSync(next, { force: true });
    throw thrown;
  }
}

function attempt<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure(
      'clients/unwritable',
      `"${path}" cannot be changed: ${reason}`,
      'It is left as it is; check who may write it',
    );
  }
}
