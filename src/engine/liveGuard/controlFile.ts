/** Control file beside a capture: the editor writes to it which guard a running tap uses and whether the guard enforces. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { Failure } from '../../core/base/failure.ts';
import { isJsonObject, type JsonValue } from '../../core/base/json.ts';
import { fileStamp } from '../files/fileStamp.ts';
import { readRegularSync } from '../files/regularFile.ts';
import type { TapMode } from '../recording/format/liveFile.ts';

/** Settings for a running tap; an absent one stays as the tap was started with. Paths are absolute. */
export interface LiveControl {
  readonly mode?: TapMode;
  readonly guard?: string;
  readonly policy?: string;
}

export function controlFileOf(capture: string): string {
  return `${capture}.control.json`;
}

/** Changes the settings of the tap that writes a capture, from the next tool call on. Throws `live/unwritable`. */
export function writeControl(capture: string, control: LiveControl): void {
  const path = controlFileOf(capture);
  try {
    writeFileSync(`${path}.new`, `${JSON.stringify(control)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (thrown) {
    rmSync(`${path}.new`, { force: true });
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const hint = 'Check that the folder of the capture is writable';
    throw new Failure('live/unwritable', `Cannot change the running tap: writing "${path}" failed: ${reason}`, hint);
  }
}

/** Reader of a control file. Each `look` checks the file's status and reads the file only when it has changed. */
export class ControlFile {
  readonly #path: string;
  #stamp = '';
  #last: LiveControl = {};

  constructor(capture: string) {
    this.#path = controlFileOf(capture);
  }

  /** The current settings. An invalid file leaves the last valid settings in force; `problem` reports it once. */
  look(): { readonly control: LiveControl; readonly problem: string | null } {
    const stamp = fileStamp(this.#path);
    if (stamp === this.#stamp) return { control: this.#last, problem: null };
    this.#stamp = stamp;
    if (stamp === '') {
      this.#last = {};
      return { control: this.#last, problem: null };
    }
    const read = readControl(this.#path);
    if (typeof read === 'string') return { control: this.#last, problem: `the control file was ignored: ${read}` };
    this.#last = read;
    return { control: read, problem: null };
  }
}

/** A mode and two paths. */
const maxControlBytes = 64 * 1024;

/** The settings in a file, or why it is invalid. */
function readControl(path: string): LiveControl | string {
  let value: JsonValue;
  try {
    value = JSON.parse(readRegularSync(path, maxControlBytes).toString()) as JsonValue;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  if (!isJsonObject(value)) return 'it is not a JSON object';
  const { mode, guard, policy } = value;
  if (mode !== undefined && mode !== 'watch' && mode !== 'enforce' && mode !== 'off') {
    return `its mode is ${JSON.stringify(mode)}; expected watch, enforce or off`;
  }
  for (const each of [guard, policy]) {
    if (each !== undefined && typeof each !== 'string') return 'its guard and policy must be paths';
  }
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(typeof guard === 'string' ? { guard } : {}),
    ...(typeof policy === 'string' ? { policy } : {}),
  };
}
