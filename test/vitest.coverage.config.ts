/** How `npm run coverage` runs the unit tests: like test/vitest.config.ts, with counted lines. */
import { mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

export default mergeConfig(base, {
  test: {
    coverage: {
      enabled: true,
      provider: 'v8',
      include: ['src/**/*.ts', 'webview/**/*.{ts,tsx}'],
      reporter: ['json-summary', 'html'],
      reportsDirectory: 'coverage',
      // A failing test must not hide the figures.
      reportOnFailure: true,
    },
  },
});
