/** The extension provides everything in its manifest after its activation. */
const assert = require('node:assert/strict');
const vscode = require('vscode');

const extension = () => {
  const found = vscode.extensions.getExtension('guardscope.guardscope');
  assert.ok(found, 'the extension is not among the installed ones');
  return found;
};

exports['the extension activates'] = async () => {
  await extension().activate();
  assert.equal(extension().isActive, true);
};

exports['every command of the manifest is registered'] = async () => {
  await extension().activate();
  const declared = extension().packageJSON.contributes.commands.map(({ command }) => command);
  const registered = new Set(await vscode.commands.getCommands(true));
  assert.ok(declared.length > 0);
  assert.deepEqual(
    declared.filter((command) => !registered.has(command)),
    [],
  );
};
