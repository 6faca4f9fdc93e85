/** The words for a trace that is being written: what the chip says, and what it means. */
import type { LiveGuardMode, LiveState } from '../../src/core/protocol/panel.ts';

export interface LiveLook {
  readonly word: string;
  /** A sentence for the tooltip. */
  readonly meaning: string;
}

/** Enforcing changes what the client gets, so its word is loud. */
const looks: Readonly<Record<LiveGuardMode, LiveLook>> = {
  recording: { word: 'recording', meaning: 'This session is being recorded; no guard stands before the client' },
  watch: {
    word: 'watching',
    meaning: 'A guard looks at this session while it is recorded; the client gets everything',
  },
  enforce: { word: 'ENFORCING', meaning: 'A guard decides what the client of this session gets' },
  off: { word: 'guard off', meaning: 'The guard of this session is switched off: it is only recorded' },
};

export function liveLook({ mode, since }: LiveState): LiveLook {
  const { word, meaning } = looks[mode];
  const clock = /T(\d\d:\d\d:\d\d)/.exec(since)?.[1];
  return { word, meaning: clock === undefined ? meaning : `${meaning}. Since ${clock} UTC` };
}
