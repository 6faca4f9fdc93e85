/** How a command's failure reaches the user, and which file a command acts on. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../../../src/core/base/failure.ts';
import { fileCommand, showFailure } from '../../../src/host/base/services.ts';
import { fakeServices, fileUri } from '../../support/vscode/hostServices.ts';
import { fake, resetVscode, runCommand } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

beforeEach(resetVscode);

describe('a failure', () => {
  it('is shown with its next step, and logged with its code', () => {
    const { services, logged } = fakeServices();
    showFailure(services.log, new Failure('capture/live', '"a" is still being captured', 'Stop its server first'));
    const text = '"a" is still being captured. Stop its server first';
    expect(fake.messages).toEqual([{ kind: 'error', text, actions: [], detail: '' }]);
    expect(logged.join('\n')).toContain('error capture/live: "a" is still being captured');
  });

  it('is shown without a next step when it has none', () => {
    showFailure(fakeServices().services.log, new Failure('x/y', 'It failed'));
    expect(fake.messages.map(({ text }) => text)).toEqual(['It failed']);
  });
});

describe('a command on a file', () => {
  it.each([
    ['a file of the Explorer', fileUri('/w/a'), '/w/a'],
    ['an item of a view', { uri: fileUri('/w/b') }, '/w/b'],
    ['nothing, from the Command Palette', undefined, undefined],
  ])('takes %s', async (_name, argument, path) => {
    const seen: (string | undefined)[] = [];
    fileCommand(fakeServices().services, 'guardscope.test', async (uri) => void seen.push(uri?.fsPath));
    await runCommand('guardscope.test', argument);
    expect(seen).toEqual([path]);
  });

  it('shows its failure instead of rejecting', async () => {
    fileCommand(fakeServices().services, 'guardscope.test', async () => {
      throw new Failure('trace/no-log', '"/w" does not contain rpc-messages.jsonl', 'Choose another folder');
    });
    await runCommand('guardscope.test');
    expect(fake.messages).toMatchObject([{ kind: 'error', text: expect.stringContaining('"/w" does not contain') }]);
  });

  it('is unregistered when it is disposed', async () => {
    fileCommand(fakeServices().services, 'guardscope.test', async () => undefined).dispose();
    await expect(runCommand('guardscope.test')).rejects.toThrow('not registered');
  });
});
