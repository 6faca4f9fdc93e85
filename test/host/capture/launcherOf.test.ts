/** Renewing the tap's launcher after an update of the extension: only where one is installed, and only in a trusted workspace. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { renewLauncher, tapLauncher } from '../../../src/host/capture/launcherOf.ts';
import { CaptureHost, textOfFile } from '../../support/vscode/captureHost.ts';
import { patiently } from '../../support/patience.ts';
import { fake, fire, resetVscode } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let machine: CaptureHost;
let launcher = '';

beforeEach(async () => {
  resetVscode();
  machine = new CaptureHost();
  launcher = (await tapLauncher(machine.host.services.context)).command;
});
afterEach(() => machine.close());

/** The extension was updated to this version. */
function update(version: string): void {
  writeFileSync(join(machine.root, 'extension', 'package.json'), JSON.stringify({ name: 'guardscope', version }));
}

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: patiently(20_000), interval: 5 });

it('the launcher starts the new version, and keeps its path', async () => {
  expect(textOfFile(launcher)).toContain('/1.2.3-');
  update('1.3.0');
  renewLauncher(machine.host.services);
  await eventually(() => expect(textOfFile(launcher)).toContain('/1.3.0-'));
});

it('it stays in an untrusted workspace until the user trusts it', async () => {
  update('1.3.0');
  fake.trusted = false;
  renewLauncher(machine.host.services);
  await expect(tapLauncher(machine.host.services.context)).rejects.toMatchObject({ code: 'host/untrusted' });
  expect(textOfFile(launcher)).toContain('/1.2.3-');
  fire.grantTrust();
  await eventually(() => expect(textOfFile(launcher)).toContain('/1.3.0-'));
});

it('a failure goes to the log, and the old version stays', async () => {
  rmSync(join(machine.root, 'extension'), { recursive: true });
  renewLauncher(machine.host.services);
  await eventually(() =>
    expect(machine.host.logged).toEqual([
      expect.stringMatching(/^error Cannot renew the tap launcher: .*Cannot install the tap/),
    ]),
  );
  expect(textOfFile(launcher)).toContain('/1.2.3-');
});

it('none is installed for a user who captures nothing', async () => {
  const home = join(launcher, '..');
  rmSync(home, { recursive: true });
  mkdirSync(home);
  renewLauncher(machine.host.services);
  update('1.4.0');
  // The look of the feature is over before a later look of the same folder.
  await tapLauncher({
    ...machine.host.services.context,
    globalStorageUri: { fsPath: join(machine.root, 'other') },
  } as never);
  expect(existsSync(launcher)).toBe(false);
  expect(machine.host.logged).toEqual([]);
});
