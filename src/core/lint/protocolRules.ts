/** The rules about the output protocol and the look-ups of a guard call, each in its file. */
import type { ProtocolRule } from './protocol/protocolRule.ts';
import { guardKilled } from './protocol/guardKilled.ts';
import { lengthBeyondBuffer } from './protocol/lengthBeyondBuffer.ts';
import { lengthOfText } from './protocol/lengthOfText.ts';
import { lookupNotRepeated } from './protocol/lookupNotRepeated.ts';
import { lookupRefused } from './protocol/lookupRefused.ts';
import { outputEncoding } from './protocol/outputEncoding.ts';
import { tooManyLookups } from './protocol/tooManyLookups.ts';
import { tooSmallSize } from './protocol/tooSmallSize.ts';

/** Apply to every guard call. */
export const lengthRules: readonly ProtocolRule[] = [lengthBeyondBuffer, tooSmallSize, guardKilled];

/** Apply to guard calls without an answer that is a JSON object. */
export const outputRules: readonly ProtocolRule[] = [...lengthRules, outputEncoding, lengthOfText];

/** Apply only to guard calls with look-ups. */
export const lookupRules: readonly ProtocolRule[] = [lookupNotRepeated, lookupRefused, tooManyLookups];
