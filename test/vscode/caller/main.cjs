/** Stands in for a language model: calls the MCP tools that `calls.json` of the workspace names, and writes the results to `answers.json`. */
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');

exports.activate = (context) => {
  context.subscriptions.push(vscode.commands.registerCommand('caller.call', callAll));
};

async function callAll() {
  const folder = vscode.workspace.workspaceFolders[0].uri.fsPath;
  const answers = [];
  for (const { tool, input } of JSON.parse(readFileSync(join(folder, 'calls.json'), 'utf8'))) {
    answers.push(await call(tool, input));
  }
  writeFileSync(join(folder, 'answers.json'), JSON.stringify(answers));
}

/** `tool` is the end of the name that VS Code gives the tool, after the name of the server. */
async function call(tool, input) {
  try {
    const found = vscode.lm.tools.find(({ name }) => name.endsWith(tool));
    if (found === undefined) return { missing: vscode.lm.tools.map(({ name }) => name) };
    const { content } = await vscode.lm.invokeTool(found.name, { input, toolInvocationToken: undefined });
    return { text: content.map((part) => /** @type {{ value?: string }} */ (part).value ?? '').join('') };
  } catch (error) {
    return { error: String(error) };
  }
}
