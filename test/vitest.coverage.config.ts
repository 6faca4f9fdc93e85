/** How `npm run coverage` runs the unit tests: as test/vitest.config.ts says, and counts the lines that run. */
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
