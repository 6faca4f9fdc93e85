/** The type of a function of jq that maps values to a value. */
import type { Machine } from '../run/jqMachine.ts';
import type { JqValue } from '../jqValue.ts';

/** A function of its input and its arguments; the machine counts its work. */
export type Native = (value: JqValue, args: readonly JqValue[], machine: Machine) => JqValue;
