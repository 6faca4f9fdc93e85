/** The state of the validation of one function body: cursor, locals, operands, open blocks, and the module around it. */
import { Cursor } from '../decode/cursor.ts';
import { type LocalRun, readLocals } from '../decode/decodeCode.ts';
import type { Code, DecodedModule } from '../decode/module.ts';
import { OperandStack } from './operandStack.ts';
import { Refused } from '../decode/refused.ts';
import type { Spaces } from '../decode/spaces.ts';
import { type Signature, type ValueType, isNullable, isRef } from '../decode/valueTypes.ts';

/** What the bodies of a module share. */
export interface ModuleContext {
  readonly module: DecodedModule;
  readonly spaces: Spaces;
  /** Functions that `ref.func` may use: those in exports, globals and element segments. */
  readonly declared: ReadonlySet<number>;
}

/** An open block. */
export interface ControlFrame {
  /** The opcode; as in wazero, 0 for `block` and for the function itself. */
  op: number;
  readonly type: Signature;
  /** The non-nullable locals that were initialized when the block began. */
  readonly initialized: ReadonlySet<number>;
}

/** State of one body. Its methods refuse with wazero's text. */
export class BodyContext {
  readonly outer: ModuleContext;
  readonly signature: Signature;
  readonly cursor: Cursor;
  readonly operands = new OperandStack();
  readonly frames: ControlFrame[];
  /** Non-nullable locals that are initialized at the cursor. */
  initialized: ReadonlySet<number> = new Set();
  readonly #start: number;
  readonly #locals: Locals;

  constructor(outer: ModuleContext, signature: Signature, { locals, body }: Code) {
    this.outer = outer;
    this.signature = signature;
    this.cursor = new Cursor(outer.module.bytes, body.start, body.end);
    this.frames = [{ op: 0, type: signature, initialized: new Set() }];
    this.#start = body.start;
    this.#locals = new Locals(readLocals(new Cursor(outer.module.bytes, locals, body.start)));
  }

  /** Offset of the cursor in the body. */
  get position(): number {
    return this.cursor.at - this.#start;
  }

  /** Reads an index that follows the opcode. */
  index(context = 'read immediate'): number {
    try {
      return this.cursor.u32();
    } catch (thrown) {
      throw thrown instanceof Refused ? new Refused(`${context}: ${thrown.message}`) : thrown;
    }
  }

  /** The target block of a branch; undefined when fewer blocks are open. */
  target(depth: number): ControlFrame | undefined {
    return this.frames[this.frames.length - 1 - depth];
  }

  /** The type of a local; parameters come first. `instruction` is the name in the refusal. */
  local(index: number, instruction: string): ValueType {
    const { params } = this.signature;
    const count = (params.length + this.#locals.count) % 2 ** 32;
    const type = index < params.length ? params[index] : this.#locals.type(index - params.length);
    if (type !== undefined && index < count) return type;
    throw new Refused(`invalid local index for ${instruction} ${index} >= ${count}(=len(locals)+len(parameters))`);
  }

  /** Refuses a non-nullable local that is not initialized. */
  requireInitialized(index: number, type: ValueType): void {
    if (this.#needsValue(index, type) && !this.initialized.has(index))
      throw new Refused(`uninitialized local ${index}`);
  }

  /** Marks a local as initialized. */
  markInitialized(index: number, type: ValueType): void {
    if (this.#needsValue(index, type)) this.initialized = new Set([...this.initialized, index]);
  }

  #needsValue(index: number, type: ValueType): boolean {
    return index >= this.signature.params.length && isRef(type) && !isNullable(type);
  }
}

/** The types that a branch to the block takes: the parameters of a loop, else the results. */
export function branchTypes(frame: ControlFrame): readonly ValueType[] {
  return frame.op === loopOpcode ? frame.type.params : frame.type.results;
}

const loopOpcode = 0x03;

/** Declared locals. A body may declare billions, so they are looked up in their runs. */
class Locals {
  readonly count: number;
  readonly #runs: readonly LocalRun[];
  /** The index after the last local of each run. */
  readonly #ends: readonly number[];

  constructor(runs: readonly LocalRun[]) {
    let end = 0;
    this.#runs = runs;
    this.#ends = runs.map(({ count }) => (end += count));
    this.count = end;
  }

  type(index: number): ValueType | undefined {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return this.#runs[low]?.type;
  }
}
