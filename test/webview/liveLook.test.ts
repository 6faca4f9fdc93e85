/** The live chip of the toolbar: its word and its tooltip. */
import { describe, expect, it } from 'vitest';
import { liveLook } from '../../webview/models/live.ts';

const since = '2026-05-06T07:08:09.000Z';

describe('the live chip', () => {
  it('says since when the guard has its role', () => {
    expect(liveLook({ mode: 'enforce', since, follow: true, running: 0 })).toEqual({
      word: 'ENFORCING',
      meaning: 'The decisions of the guard are enforced on this session. Since 07:08:09 UTC',
    });
  });

  it('begins with what killed the guard', () => {
    const guardFailure = 'The guard died in call 1 (read): label_resource panicked: "no owner" (owner.rs:1:2)';
    const { word, meaning } = liveLook({ mode: 'watch', since, follow: true, running: 0, guardFailure });
    expect(word).toBe('watching, guard failed');
    expect(meaning).toMatch(
      /^The guard died in call 1 \(read\): label_resource panicked: "no owner" \(owner.rs:1:2\)\. A guard watches/,
    );
  });
});
