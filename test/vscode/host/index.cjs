/** The entry that VS Code loads into its extension host: runs every `*.test.cjs` beside it and writes the results to `GUARDSCOPE_RESULTS`. */
const { readdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const limit = 60_000;

/** Called by VS Code; rejects when a test failed, which makes its exit code 1. */
exports.run = async () => {
  const results = [];
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.test.cjs'));
  for (const file of files.sort()) {
    for (const [name, test] of Object.entries(require(join(__dirname, file)))) {
      results.push(await outcome(`host: ${name}`, test));
      // Written after each test, so that a crash of the host keeps the earlier results.
      writeFileSync(process.env.GUARDSCOPE_RESULTS, JSON.stringify(results));
    }
  }
  const failed = results.filter((result) => !result.ok).length;
  if (failed > 0 || results.length === 0) throw new Error(`${failed} of ${results.length} tests failed`);
};

async function outcome(name, test) {
  let timer;
  try {
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done within ${limit / 1000} s`)), limit);
    });
    await Promise.race([test(), late]);
    return { name, ok: true };
  } catch (error) {
    return { name, ok: false, error: error.stack ?? String(error) };
  } finally {
    clearTimeout(timer);
  }
}
