/** The control file beside a capture: how the editor tells a running tap which guard to use, and whether it decides. */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { Failure } from '../../core/base/failure.ts';
import { isJsonObject, type JsonValue } from '../../core/base/json.ts';
import type { TapMode } from '../recording/format/liveFile.ts';

/** What a tap is told; what is absent stays as the tap was started with. Paths are absolute. */
export interface LiveControl {
  readonly mode?: TapMode;
  readonly guard?: string;
  readonly policy?: string;
}

export function controlFileOf(capture: string): string {
  return `${capture}.control.json`;
}

/** Tells the tap of a capture. It counts from the next tool call on. Throws `live/unwritable`. */
export function writeControl(capture: string, control: LiveControl): void {
  const path = controlFileOf(capture);
  try {
    writeFileSync(`${path}.new`, `${JSON.stringify(control)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('live/unwritable', `The tap cannot be told: "${path}" cannot be written: ${reason}`);
  }
}

/** Looks at the control file whenever it is asked, and reads it only when it has changed. */
export class ControlFile {
  readonly #path: string;
  #stamp = '';
  #last: LiveControl = {};

  constructor(capture: string) {
    this.#path = controlFileOf(capture);
  }

  /** What holds now. A file that cannot be understood changes nothing; `problem` says so, once. */
  look(): { readonly control: LiveControl; readonly problem: string | null } {
    const stats = statSync(this.#path, { throwIfNoEntry: false });
    const stamp = stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
    if (stamp === this.#stamp) return { control: this.#last, problem: null };
    this.#stamp = stamp;
    if (stats === undefined) {
      this.#last = {};
      return { control: this.#last, problem: null };
    }
    const read = readControl(this.#path);
    if (typeof read === 'string') return { control: this.#last, problem: `the control file was passed over: ${read}` };
    this.#last = read;
    return { control: read, problem: null };
  }
}

function readControl(path: string): LiveControl | string {
  let value: JsonValue;
  try {
    value = JSON.parse(readFileSync(path, 'utf8')) as JsonValue;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  if (!isJsonObject(value)) return 'it is no JSON object';
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
