/** What clients try over every transport, by its kind. */
import { callWays } from './calls.ts';
import { jsonWays } from './jsonTexts.ts';
import { memberWays } from './members.ts';
import { methodWays } from './methods.ts';
import type { ClientWay } from './way.ts';

export const clientWays: Readonly<Record<string, readonly ClientWay[]>> = {
  'members of a message': memberWays,
  'texts that are nearly JSON': jsonWays,
  'the shape of a call': callWays,
  'other methods': methodWays,
};
