/** All checks, in the order of the report. */
import { malformedInput, oddArgumentsCheck, oddResultsCheck, unicodeCheck } from './abi/badInput.ts';
import { longListCheck, longTextCheck } from './abi/largeInput.ts';
import { lookupAnswers, manyLookups } from './abi/lookups.ts';
import { outputBuffer } from './abi/outputBuffer.ts';
import type { Check } from './checkModel.ts';
import { answersCheck, strictWithinFilter } from './items/answers.ts';
import { permutedItems } from './items/permuted.ts';
import { capturedAnswers, capturedCalls, changedCalls } from './session/captured.ts';
import { toolsAsDeclared, toolsKnown, unknownToolCheck } from './session/tools.ts';
import { sessionStart } from './sessionStart.ts';
import { memoryGrowth } from './state/growth.ts';
import { deterministic, independent } from './state/repeat.ts';

/** What a guard is checked for. */
export const allChecks: readonly Check[] = [
  sessionStart,
  outputBuffer,
  oddResultsCheck,
  oddArgumentsCheck,
  malformedInput,
  unicodeCheck,
  longTextCheck,
  longListCheck,
  lookupAnswers,
  manyLookups,
  deterministic,
  independent,
  memoryGrowth,
  answersCheck,
  permutedItems,
  strictWithinFilter,
  capturedCalls,
  capturedAnswers,
  changedCalls,
  toolsKnown,
  toolsAsDeclared,
  unknownToolCheck,
];
