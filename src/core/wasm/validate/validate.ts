/** Validates a decoded module except its bodies, in wazero's order and with its errors (wazero spec 3.1, module.go `Validate`). */
import { quoteGo } from '../../go/goText.ts';
import { Cursor } from '../decode/cursor.ts';
import { evaluateConst } from '../decode/decodeConst.ts';
import { readLocals } from '../decode/decodeCode.ts';
import type { DecodedModule, ByteSpan } from '../decode/module.ts';
import { Refused, withContext } from '../decode/refused.ts';
import { type Spaces, gatherSpaces } from '../decode/spaces.ts';
import {
  type Signature,
  type ValueType,
  concreteRef,
  funcref,
  i32,
  isConcrete,
  isNullable,
  isSubtype,
  signatureText,
  typeIndexOf,
  typeName,
} from '../decode/valueTypes.ts';

/** wazero's limit for the globals of a module. */
const maxGlobals = 2 ** 27;

/** Checks everything that wazero checks before function bodies. Returns the index spaces; refuses with wazero's text. */
export function validateBeforeBodies(module: DecodedModule): Spaces {
  checkConcreteTypes(module);
  checkStart(module);
  const spaces = gatherSpaces(module);
  checkTableInits(module, spaces);
  checkImports(module);
  checkGlobals(module, spaces);
  checkData(module, spaces);
  checkExports(module, spaces);
  return spaces;
}

/** Checks the data count, as wazero does after the elements (`validateElements`). */
export function validateDataCount({ dataCount, data }: DecodedModule): void {
  if (dataCount === null || dataCount === data.length) return;
  throw new Refused(`data count section (${dataCount}) doesn't match the length of data section (${data.length})`);
}

/** The signature of a function of the index space; undefined when the function or its type does not exist. */
function signatureOf(module: DecodedModule, index: number): Signature | undefined {
  const typeIndex = typeIndexOfFunction(module, index);
  return typeIndex === undefined ? undefined : module.types[typeIndex];
}

/** The type index of a function; undefined when the function or its type does not exist. */
function typeIndexOfFunction(module: DecodedModule, index: number): number | undefined {
  const functions = module.imports.flatMap((each) => (each.kind === 'func' ? [each.typeIndex] : []));
  const typeIndex = index < functions.length ? functions[index] : module.functions[index - functions.length];
  return typeIndex === undefined || typeIndex >= module.types.length ? undefined : typeIndex;
}

/** Refuses references to types that the module does not have. */
function checkConcreteTypes(module: DecodedModule): void {
  if (!module.hasLaterTypes) return;
  const { types, globals, tables, code, elements, bytes } = module;
  const check = (type: ValueType, where: string): void => {
    if (isConcrete(type) && typeIndexOf(type) >= types.length) {
      throw new Refused(`unknown type ${typeIndexOf(type)} in ${where}`);
    }
  };
  for (const [index, global] of globals.entries()) check(global.type, `global[${index}]`);
  for (const [index, table] of tables.entries()) check(table.type, `table[${index}]`);
  for (const [index, { locals, body }] of code.entries()) {
    let local = 0;
    for (const run of readLocals(new Cursor(bytes, locals, body.start))) {
      if (run.count > 0) check(run.type, `func[${index}].local[${local}]`);
      local += run.count;
    }
  }
  for (const [index, element] of elements.entries()) check(element.type, `element[${index}]`);
}

function checkStart(module: DecodedModule): void {
  const { start } = module;
  if (start === null) return;
  const signature = signatureOf(module, start);
  if (signature === undefined) throw new Refused(`invalid start function: func[${start}] has an invalid type`);
  if (signature.params.length === 0 && signature.results.length === 0) return;
  const text = signatureText(signature);
  throw new Refused(`invalid start function: func[${start}] must have an empty (nullary) signature: ${text}`);
}

function checkTableInits(module: DecodedModule, spaces: Spaces): void {
  for (const [index, { type, init }] of module.tables.entries()) {
    if (init === null) {
      if (isNullable(type)) continue;
      throw new Refused(`type mismatch: non-nullable table[${index}] requires an init expression`);
    }
    withContext(`table[${index}] init`, () => checkConst(module, spaces, init, type, spaces.functions.length));
  }
}

function checkImports({ imports, types }: DecodedModule): void {
  for (const [index, each] of imports.entries()) {
    if (each.module === '') throw new Refused(`import[${index}] has an empty module name`);
    if (each.kind !== 'func' || each.typeIndex < types.length) continue;
    const name = `${quoteGo(each.module)}.${quoteGo(each.name)}`;
    throw new Refused(`invalid import[${name}] function: type index out of range`);
  }
}

function checkGlobals(module: DecodedModule, spaces: Spaces): void {
  if (spaces.globals.length > maxGlobals) throw new Refused('too many globals in a module');
  for (const { type, init } of module.globals) checkConst(module, spaces, init, type, spaces.functions.length);
}

function checkData(module: DecodedModule, spaces: Spaces): void {
  const offsets = module.data.flatMap(({ offset }) => (offset === null ? [] : [offset]));
  if (offsets.length > 0 && spaces.memory === null) throw new Refused('unknown memory');
  for (const offset of offsets) withContext('calculate offset', () => checkConst(module, spaces, offset, i32, 0));
}

function checkExports({ exports }: DecodedModule, spaces: Spaces): void {
  for (const { kind, name, index } of exports) {
    const quoted = `export[${quoteGo(name)}]`;
    switch (kind) {
      case 'func':
        if (index >= spaces.functions.length) throw new Refused(`unknown function for ${quoted}`);
        break;
      case 'global':
        if (index >= spaces.globals.length) throw new Refused(`unknown global for ${quoted}`);
        break;
      case 'memory':
        if (index > 0 || spaces.memory === null) throw new Refused(`memory for ${quoted} out of range`);
        break;
      case 'table':
        if (index >= spaces.tables.length) throw new Refused(`table for ${quoted} out of range`);
        break;
      case 'tag':
        throw new Refused(`tag for ${quoted} out of range`);
    }
  }
}

/**
 * Refuses an expression that does not give the expected type or reads a global that is not imported. As in wazero, every funcref counts
 * as a reference to the type of the last function in the expression, or of function 0 when there is none.
 */
function checkConst(
  module: DecodedModule,
  spaces: Spaces,
  init: ByteSpan,
  expected: ValueType,
  functionCount: number,
): void {
  let lastFunction = 0;
  const value = evaluateConst(module.bytes, init, {
    global: (index) => {
      const type = index < spaces.importedGlobals ? spaces.globals[index]?.type : undefined;
      if (type === undefined) throw new Refused('global index out of range');
      return type;
    },
    func: (index) => {
      if (index >= functionCount) {
        const last = functionCount === 0 ? 2 ** 32 - 1 : functionCount - 1;
        throw new Refused(`ref.func index out of range [${index}] with length ${last}`);
      }
      lastFunction = index;
    },
  });
  let { type } = value;
  if (type === funcref) {
    const typeIndex = typeIndexOfFunction(module, lastFunction);
    if (typeIndex !== undefined) type = concreteRef(typeIndex, false);
  }
  if (isSubtype(type, expected)) return;
  throw new Refused(`const expression type mismatch expected ${typeName(expected)} but got ${typeName(type)}`);
}
