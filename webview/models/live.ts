/** The words for a trace that is being written: what the chip says, and what it means. */
import type { LiveGuardMode, LiveState } from '../../src/core/protocol/panel.ts';

export interface LiveLook {
  readonly word: string;
  /** A sentence for the tooltip. */
  readonly meaning: string;
}

/** Enforcing changes what the client gets, so its word is loud. */
const looks: Readonly<Record<LiveGuardMode, LiveLook>> = {
  recording: { word: 'recording', meaning: 'This session is recorded without a guard' },
  watch: {
    word: 'watching',
    meaning: 'A guard watches this session without enforcement; the client receives every response unchanged',
  },
  enforce: { word: 'ENFORCING', meaning: 'The decisions of the guard are enforced on this session' },
  off: { word: 'guard off', meaning: 'The guard is switched off; the session is only recorded' },
};

export function liveLook({ mode, since }: LiveState): LiveLook {
  const { word, meaning } = looks[mode];
  const clock = /T(\d\d:\d\d:\d\d)/.exec(since)?.[1];
  return { word, meaning: clock === undefined ? meaning : `${meaning}. Since ${clock} UTC` };
}
