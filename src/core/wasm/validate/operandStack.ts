/** The operand stack of validation: the types of the operands and the floors of open blocks, counted and refused as wazero does. */
import { Refused } from '../decode/refused.ts';
import { type ValueType, isSubtype, typeName } from '../decode/valueTypes.ts';

/** The type of a value in unreachable code: it matches every expected type. */
export const anyType: ValueType = 0xff;

/** How `popMany` names and counts the values. */
export interface PopManyOptions {
  readonly side: 'param' | 'result';
  /** Name of the block's instruction in the error; empty for the function itself. */
  readonly block: string;
  /** Also refuses further values above the floor of the block. */
  readonly exact?: boolean;
}

/** The operand types of one function body. Each open block has a floor: operands below it are out of reach. */
export class OperandStack {
  #types: ValueType[] = [];
  readonly #floors: number[] = [];
  #highest = 0;

  /** The most operands that were on the stack at once. */
  get highest(): number {
    return this.#highest;
  }

  push(type: ValueType): void {
    this.#types.push(type);
    if (this.#types.length > this.#highest) this.#highest = this.#types.length;
  }

  pushAll(types: readonly ValueType[]): void {
    for (const type of types) this.push(type);
  }

  /** Pops a value of any type; refuses when there is none above the floor. */
  pop(): ValueType {
    const type = this.#take();
    if (type !== undefined) return type;
    throw new Refused(`invalid operation: trying to pop at ${this.#types.length} with limit ${this.#floor}`);
  }

  /** Pops a value of the expected type. `context` is the prefix of the refusal. */
  popType(expected: ValueType, context = ''): void {
    const type = this.#take();
    if (type === undefined) throw new Refused(`${context}${typeName(expected)} missing`);
    if (matches(type, expected)) return;
    throw new Refused(`${context}type mismatch: expected ${typeName(expected)}, but was ${typeName(type)}`);
  }

  /** Pops the parameters or results of a block; refuses when values are missing or have another type. */
  popMany(want: readonly ValueType[], { side, block, exact = false }: PopManyOptions): void {
    const have: ValueType[] = [];
    for (let left = want.length; left > 0; left--) {
      const type = this.#take();
      if (type === undefined) throw countError(side, block, have, want);
      have.push(type);
    }
    if (exact && !this.#isAtFloor()) throw countError(side, block, [...this.#types, ...want], want);
    for (const [index, type] of have.entries()) {
      const expected = want[want.length - 1 - index];
      if (expected !== undefined && !matches(type, expected)) throw mismatch(side, block, type, expected, index);
    }
  }

  /** Opens a block whose `params` parameters are on the stack already. */
  openBlock(params: number): void {
    this.#floors.push(this.#types.length - params);
  }

  closeBlock(): void {
    this.#floors.pop();
  }

  /** Drops all operands above the floor. */
  clear(): void {
    this.#types.length = this.#floor;
  }

  /** Marks the rest of the block as unreachable: `pop` then never runs out of values. */
  unreachable(): void {
    this.clear();
    this.#types.push(anyType);
  }

  get #floor(): number {
    return this.#floors.at(-1) ?? 0;
  }

  /** The top value; undefined at the floor. An `anyType` that lies on the floor is returned without being removed. */
  #take(): ValueType | undefined {
    const above = this.#types.length - this.#floor;
    if (above <= 0) return undefined;
    return above === 1 && this.#types.at(-1) === anyType ? anyType : this.#types.pop();
  }

  #isAtFloor(): boolean {
    const above = this.#types.length - this.#floor;
    return above === 0 || (above === 1 && this.#types.at(-1) === anyType);
  }
}

/** wazero's text for too many or not enough values; it lists both sides on lines of their own. */
export function countError(
  side: 'param' | 'result',
  block: string,
  have: readonly ValueType[],
  want: readonly ValueType[],
): Refused {
  const amount = have.length > want.length ? 'too many' : 'not enough';
  const where = block === '' ? '' : ` ${side === 'param' ? 'for' : 'in'} ${block} block`;
  const list = (types: readonly ValueType[]): string => types.map(typeName).join(', ');
  return new Refused(`${amount} ${side}s${where}\n\thave (${list(have)})\n\twant (${list(want)})`);
}

/** wazero's text for a value of the wrong type; `index` counts from the top of the stack. */
export function mismatch(
  side: 'param' | 'result',
  block: string,
  have: ValueType,
  want: ValueType,
  index: number,
): Refused {
  const where = block === '' ? '' : ` in ${block} block`;
  return new Refused(`cannot use ${typeName(have)}${where} as ${side}[${index}] type ${typeName(want)}`);
}

function matches(type: ValueType, expected: ValueType): boolean {
  return type === anyType || expected === anyType || isSubtype(type, expected);
}
