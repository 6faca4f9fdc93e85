/** The text and the tooltip of the live chip for each guard mode. */
import type { LiveGuardMode, LiveState } from '../../src/core/protocol/panel.ts';

export interface LiveLook {
  readonly word: string;
  /** The tooltip. */
  readonly meaning: string;
}

/** Enforcement changes the responses that the client receives, so its word is in capitals. */
const looks: Readonly<Record<LiveGuardMode, LiveLook>> = {
  recording: { word: 'recording', meaning: 'This session is recorded without a guard' },
  watch: {
    word: 'watching',
    meaning: 'A guard watches this session without enforcement; the client receives every response unchanged',
  },
  enforce: { word: 'ENFORCING', meaning: 'The decisions of the guard are enforced on this session' },
  off: { word: 'guard off', meaning: 'The guard is switched off; the session is only recorded' },
};

export function liveLook({ mode, since, guardFailure }: LiveState): LiveLook {
  const { word, meaning } = looks[mode];
  const clock = /T(\d\d:\d\d:\d\d)/.exec(since)?.[1];
  const usual = clock === undefined ? meaning : `${meaning}. Since ${clock} UTC`;
  if (guardFailure === undefined) return { word, meaning: usual };
  return { word: `${word}, guard failed`, meaning: `${guardFailure}. ${usual}` };
}
