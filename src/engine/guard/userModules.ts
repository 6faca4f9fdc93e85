/** What is kept of guards' modules between the processes of a user. */
import { dirname, join } from 'node:path';
import { stateFolder } from '../files/stateFolder.ts';
import { ModuleStore } from './moduleStore.ts';

/** The store in the user's private folder, for the program whose worker is this file. */
export function userModules(workerFile: string): ModuleStore {
  return new ModuleStore(join(stateFolder(), 'modules'), [workerFile, join(dirname(workerFile), 'core.js')]);
}
