/** The levels of host_log: their words and icons (gateway spec 1.11). */

export interface LevelLook {
  readonly level: number;
  readonly word: string;
  readonly icon: 'bug' | 'info' | 'warning' | 'error';
}

/** The levels that the gateway names, in order. */
export const logLevels: readonly LevelLook[] = [
  { level: 0, word: 'debug', icon: 'bug' },
  { level: 1, word: 'info', icon: 'info' },
  { level: 2, word: 'warn', icon: 'warning' },
  { level: 3, word: 'error', icon: 'error' },
];

/** How a level is shown; a number that the gateway does not name stays a number. */
export function lookOfLevel(level: number): LevelLook {
  return logLevels[level] ?? { level, word: `level ${level}`, icon: 'info' };
}
