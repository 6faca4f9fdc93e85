/** Validates element segments as wazero does, after the function bodies (wazero spec 3.1, table.go `validateTable`). */
import { type ConstResolver, evaluateConst } from '../decode/decodeConst.ts';
import type { DecodedModule, ElementSegment } from '../decode/module.ts';
import { Refused } from '../decode/refused.ts';
import type { Spaces } from '../decode/spaces.ts';
import { type ValueType, externref, funcref, goNumber, i32, isSubtype, typeName } from '../decode/valueTypes.ts';

/** wazero's limit for the tables of a module. */
const maxTables = 2 ** 27;

/** Refuses the first segment with the wrong type, an index that does not exist, or an invalid offset. */
export function validateElements(module: DecodedModule, spaces: Spaces): void {
  if (spaces.tables.length > maxTables) {
    throw new Refused(`too many tables in a module: ${spaces.tables.length} given with limit ${maxTables}`);
  }
  for (const [index, segment] of module.elements.entries()) {
    checkValues(module, spaces, segment, index);
    if (segment.offset !== null) checkActive(module, spaces, segment, index);
  }
}

/** The name of a table's type in some of wazero's errors. */
export function refTypeName(type: ValueType): string {
  if (type === funcref) return 'funcref';
  if (type === externref) return 'externref';
  return `unknown(${hexOf(type)})`;
}

function hexOf(type: ValueType): string {
  return `0x${goNumber(type).toString(16)}`;
}

function checkValues(module: DecodedModule, spaces: Spaces, segment: ElementSegment, index: number): void {
  const count = spaces.functions.length;
  for (const [at, functionIndex] of (segment.functions ?? []).entries()) {
    if (functionIndex < count) continue;
    throw new Refused(`element[${index}].init[${at}] func index ${functionIndex} out of range`);
  }
  for (const [at, expression] of (segment.expressions ?? []).entries()) {
    const where = `element[${index}].init[${at}]`;
    const { type } = evaluateConst(module.bytes, expression, {
      global: (global) => {
        if (global >= spaces.globals.length) throw new Refused(`${where} global index ${global} out of range`);
        return importedGlobal(spaces, index, global);
      },
      func: (functionIndex) => {
        if (functionIndex >= count) throw new Refused(`${where} func index ${functionIndex} out of range`);
      },
    });
    if (fits(type, segment.type)) continue;
    throw new Refused(`${where} must be ${typeName(segment.type)} but was ${typeName(type)}`);
  }
}

function fits(type: ValueType, expected: ValueType): boolean {
  if (expected === funcref || expected === externref) return type === expected;
  return isSubtype(type, expected) || type === funcref;
}

function checkActive(module: DecodedModule, spaces: Spaces, segment: ElementSegment, index: number): void {
  const { offset, table: tableIndex } = segment;
  const table = spaces.tables[tableIndex];
  if (table === undefined) throw new Refused(`unknown table ${tableIndex} as active element target`);
  if (!isSubtype(segment.type, table.type)) {
    const [has, got] = [refTypeName(table.type), refTypeName(segment.type)];
    throw new Refused(`element type mismatch: table has ${has} but element has ${got}`);
  }
  if (offset === null) return;
  let type: ValueType;
  try {
    type = evaluateConst(module.bytes, offset, offsetResolver(spaces, index)).type;
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    throw new Refused(`element[${index}] couldn't evaluate offset expression: ${thrown.message}`);
  }
  if (type !== i32) throw new Refused(`element[${index}] offset expression must return i32 but was ${typeName(type)}`);
}

function offsetResolver(spaces: Spaces, index: number): ConstResolver {
  return {
    global: (global) => {
      if (global >= spaces.globals.length) throw new Refused(`element[${index}] global index ${global} out of range`);
      const type = importedGlobal(spaces, index, global);
      if (type === i32) return type;
      throw new Refused(`element[${index}] (global.get ${global}): import[${index}].global.ValType != i32`);
    },
    func: () => undefined,
  };
}

function importedGlobal(spaces: Spaces, index: number, global: number): ValueType {
  const type = global < spaces.importedGlobals ? spaces.globals[global]?.type : undefined;
  if (type !== undefined) return type;
  throw new Refused(`element[${index}] (global.get ${global}): out of range of imported globals`);
}
