/** Traces, settings and commands through the API of the editor, without the page of the panel. */
const assert = require('node:assert/strict');
const vscode = require('vscode');

const inWorkspace = (file) => vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, file);
const closeAll = () => vscode.commands.executeCommand('workbench.action.closeAllEditors');

async function openTrace(file) {
  await vscode.commands.executeCommand('guardscope.openTrace', inWorkspace(file));
  const { input } = vscode.window.tabGroups.activeTabGroup.activeTab;
  assert.ok(input instanceof vscode.TabInputCustom, 'the trace did not open in the panel');
  assert.equal(input.viewType, file.endsWith('rpc-messages.jsonl') ? 'guardscope.gatewayLog' : 'guardscope.trace');
}

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);

/** The result of the command: the status of the run, and the number of calls with each outcome. */
const replay = async () =>
  /** @type {{ status: string, total: number, counts: Record<string, number> }} */ (
    await vscode.commands.executeCommand('guardscope.replay')
  );

exports['opening a trace and replaying it decides every call'] = async () => {
  await openTrace('trace.guardtrace.jsonl');
  const run = await replay();
  assert.equal(run.status, 'done');
  assert.equal(sum(run.counts), run.total);
  assert.ok(run.counts.denied > 0 && run.counts.filtered > 0 && run.counts.allowed > 0);
  await closeAll();
};

exports['a replay gives the same decisions every time'] = async () => {
  await openTrace('trace.guardtrace.jsonl');
  const first = await replay();
  const second = await replay();
  assert.deepEqual(second.counts, first.counts);
  await closeAll();
};

exports['the log of the gateway opens in the same panel'] = async () => {
  await openTrace('gateway-log/rpc-messages.jsonl');
  const run = await replay();
  assert.equal(run.status, 'done');
  assert.ok(sum(run.counts) > 0);
  await closeAll();
};

exports['the policy and the guard of the settings are taken'] = async () => {
  const section = vscode.workspace.getConfiguration('guardscope');
  await section.update('policy', 'policy-public.json', vscode.ConfigurationTarget.Workspace);
  try {
    await openTrace('trace.guardtrace.jsonl');
    const strict = await replay();
    await closeAll();
    await section.update('policy', undefined, vscode.ConfigurationTarget.Workspace);
    await openTrace('trace.guardtrace.jsonl');
    const usual = await replay();
    assert.notDeepEqual(strict.counts, usual.counts);
  } finally {
    await section.update('policy', undefined, vscode.ConfigurationTarget.Workspace);
    await closeAll();
  }
};

exports['every default of a setting has the type that the manifest names'] = () => {
  const { properties } = vscode.extensions.getExtension('guardscope.guardscope').packageJSON.contributes.configuration;
  for (const [id, { type, default: value }] of Object.entries(properties)) {
    const read = vscode.workspace.getConfiguration().inspect(id).defaultValue;
    assert.deepEqual(read, value, id);
    assert.equal(Array.isArray(read) ? 'array' : typeof read, type, id);
  }
};

exports['inspecting a guard opens a text that names its exports'] = async () => {
  await vscode.commands.executeCommand('guardscope.inspectGuard', inWorkspace('guard.wasm'));
  assert.match(vscode.window.activeTextEditor.document.getText(), /label_response/);
  await closeAll();
};

exports['checking a guard opens its report'] = async () => {
  await vscode.commands.executeCommand('guardscope.checkGuard', inWorkspace('guard.wasm'));
  const report = vscode.window.activeTextEditor.document.getText();
  assert.match(
    report,
    /^guard\.wasm: \d+ checks passed, \d+ with findings, \d+ not applicable: .*\n\nOutput buffers\n {2}passed {3}label_agent answers with labels and a mode/,
  );
  await closeAll();
};
