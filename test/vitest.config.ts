/**
 * How the unit, golden and parity tests run, as two projects. `pure`: test files that import nothing that could start a process or a thread;
 * they share one process per core. `processes`: all others, which start after the bundles were built. The files of a project share a
 * process per core, so that each module loads once: what a support module makes, each test file removes with its own `afterAll`.
 */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { ReportWriter } from './runner/vitestReporter.ts';
import { patiently } from './support/patience.ts';
import { repoPath, testHomes } from './support/paths.ts';
import { startingFiles } from './support/structure/startingFiles.ts';

const starting = startingFiles();
const report = process.env['GUARDSCOPE_REPORT'];
const env = { GUARDSCOPE_HOME: `${testHomes}/common` };
const limits = { testTimeout: patiently(60_000), hookTimeout: patiently(60_000) };
const always = ['test/vscode/**', 'node_modules/**'];

export default defineConfig({
  root: repoPath('.'),
  test: {
    ...(report === undefined ? {} : { reporters: [new ReportWriter(report)] }),
    // The default of vitest leaves one of two cores idle.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          ...limits,
          env,
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: [...always, ...starting],
          pool: 'forks',
          isolate: false,
        },
      },
      {
        test: {
          ...limits,
          env,
          name: 'processes',
          include: starting,
          globalSetup: ['test/support/globalSetup.ts'],
          pool: 'forks',
          isolate: false,
        },
      },
    ],
  },
});
