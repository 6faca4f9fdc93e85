/** The words and icons of host_log levels (gateway spec 1.11). */

export interface LevelLook {
  readonly level: number;
  readonly word: string;
  readonly icon: 'bug' | 'info' | 'warning' | 'error';
}

/** The levels that the gateway names, in ascending order. */
export const logLevels: readonly LevelLook[] = [
  { level: 0, word: 'debug', icon: 'bug' },
  { level: 1, word: 'info', icon: 'info' },
  { level: 2, word: 'warn', icon: 'warning' },
  { level: 3, word: 'error', icon: 'error' },
];

/** The word and icon of a level; a level without a name is shown as a number. */
export function lookOfLevel(level: number): LevelLook {
  return logLevels[level] ?? { level, word: `level ${level}`, icon: 'info' };
}
