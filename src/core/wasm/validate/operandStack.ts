/** The operand stack of validation: types of values, with the floors of open blocks, in wazero's bookkeeping and words. */
import { Refused } from '../decode/refused.ts';
import { type ValueType, isSubtype, typeName } from '../decode/valueTypes.ts';

/** The type of a value that unreachable code would leave. */
export const anyType: ValueType = 0xff;

export class OperandStack {
  #types: ValueType[] = [];
  readonly #floors: number[] = [];
  #highest = 0;

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

  /** Any value; refuses when there is none above the floor. */
  pop(): ValueType {
    const type = this.#take();
    if (type !== undefined) return type;
    throw new Refused(`invalid operation: trying to pop at ${this.#types.length} with limit ${this.#floor}`);
  }

  /** A value of a type. `context`, when given, stands in front of the refusal. */
  popType(expected: ValueType, context = ''): void {
    const type = this.#take();
    if (type === undefined) throw new Refused(`${context}${typeName(expected)} missing`);
    if (matches(type, expected)) return;
    throw new Refused(`${context}type mismatch: expected ${typeName(expected)}, but was ${typeName(type)}`);
  }

  /**
   * Values for a block's parameters or results. `block` is the instruction's name, empty for the function itself; `exactly`
   * also refuses values beyond those, above the floor.
   */
  popMany(side: 'param' | 'result', block: string, want: readonly ValueType[], exactly: boolean): void {
    const have: ValueType[] = [];
    for (let left = want.length; left > 0; left--) {
      const type = this.#take();
      if (type === undefined) throw countError(side, block, have, want);
      have.push(type);
    }
    if (exactly && !this.#isAtFloor()) throw countError(side, block, [...this.#types, ...want], want);
    for (const [index, type] of have.entries()) {
      const expected = want[want.length - 1 - index];
      if (expected !== undefined && !matches(type, expected)) throw mismatch(side, block, type, expected, index);
    }
  }

  /** Opens a block whose first `params` operands are on the stack already. */
  openBlock(params: number): void {
    this.#floors.push(this.#types.length - params);
  }

  closeBlock(): void {
    this.#floors.pop();
  }

  /** Drops everything above the floor. */
  clear(): void {
    this.#types.length = this.#floor;
  }

  /** What follows cannot be reached: any value may be taken from here on. */
  unreachable(): void {
    this.clear();
    this.#types.push(anyType);
  }

  get #floor(): number {
    return this.#floors.at(-1) ?? 0;
  }

  /** The top value; a lone `any` on the floor can be taken for ever. */
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

/** wazero's text for too many or not enough values: both lists on lines of their own. */
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

/** wazero's text for a value of another type; `index` counts from the top of the stack. */
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
