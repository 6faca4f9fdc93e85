/** Formats the lines of wazero's stack traces (wazero spec 5.2). */
import { type Signature, type ValueType, externref, f32, f64, i32, i64, kindOf } from '../decode/valueTypes.ts';

/** The function of a stack trace line: module and name are those of the import, else those of the name section. */
export interface FrameFunction {
  readonly index: number;
  /** Module name, empty when there is no name section. */
  readonly module: string;
  /** Function name, empty when it has none. */
  readonly name: string;
  readonly signature: Signature;
}

/** `MODULE.FUNC(p1,p2) RESULT`, for example `.$0(i32,i32,i32,i32) i32`. */
export function frameText({ index, module, name, signature }: FrameFunction): string {
  const params = signature.params.map(frameType).join(',');
  const results = signature.results.map(frameType).join(',');
  const call = `${module}.${name === '' ? `$${index}` : name}(${params})`;
  if (signature.results.length === 0) return call;
  return signature.results.length === 1 ? `${call} ${results}` : `${call} (${results})`;
}

const shown: ReadonlyMap<number, string> = new Map([
  [i32, 'i32'],
  [i64, 'i64'],
  [f32, 'f32'],
  [f64, 'f64'],
  [externref, 'externref'],
]);

/** The type as wazero prints it; types without a public name in wazero, such as v128 and funcref, are `unknown`. */
function frameType(type: ValueType): string {
  return shown.get(kindOf(type)) ?? 'unknown';
}
