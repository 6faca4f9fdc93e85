/** Writes a planned change to its file, after a backup, if the file has not changed since the plan was made. */
import { realpathSync } from 'node:fs';
import { Failure } from '../../core/base/failure.ts';
import type { TapCommand } from '../../core/clientConfigs/clientModel.ts';
import { readClientText } from '../../core/clientConfigs/clientText.ts';
import { entryText, type Plan } from '../../core/clientConfigs/wrap.ts';
import { readRegularSync } from '../files/regularFile.ts';
import { replaceFile } from '../files/replaceFile.ts';
import type { RecordFolder } from './changeRecords.ts';
import { maxClientBytes } from './clientFiles.ts';

/**
 * Writes a plan and returns the path of the backup; null for an unwrap. Throws `clients/changed` when the text of the file is not the plan's,
 * and `clients/unwritable`; in both cases the file is unchanged.
 */
export function applyPlan(plan: Plan, folder: RecordFolder, tap?: TapCommand): string | null {
  const { config, server, before, kind } = plan;
  const { path } = config.file;
  const real = readUnchanged(path, before);
  const time = new Date().toISOString();
  const backup = kind === 'wrap' ? attempt(path, () => folder.backUp(path, before, time)) : null;
  attempt(path, () => replaceFile(real, plan.after));
  if (kind === 'unwrap') folder.forget(path, server.path);
  else {
    const changed = readClientText(config.file, plan.after);
    const after = changed.servers.find((each) => each.path.join('\0') === server.path.join('\0')) ?? server;
    folder.remember({
      file: path,
      path: server.path,
      original: entryText(config, server),
      wrapped: entryText(changed, after),
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

/** Resolves links and returns the file's path if its text is that of the plan. */
function readUnchanged(path: string, before: string): string {
  const real = attempt(path, () => realpathSync(path));
  const now = attempt(path, () => readRegularSync(real, maxClientBytes));
  if (now.equals(Buffer.from(before))) return real;
  throw new Failure(
    'clients/changed',
    `"${path}" has changed in the meantime`,
    'Nothing was written. Review the change again',
  );
}

function attempt<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure(
      'clients/unwritable',
      `"${path}" cannot be changed: ${reason}`,
      'The file was not changed. Check its permissions',
    );
  }
}
