/** Decodes TOML values as the gateway's library does: field names match in any case, and faults have the library's words (gateway `LoadFromFile`). */
import type { TomlTable, TomlValue } from 'smol-toml';
import { toLower } from '../../go/goText.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { TomlShape, TomlStruct } from './tomlShapes.ts';
import { tomlPath } from '../../toml/tomlNode.ts';

/** A value of the wrong type; a `warning` when the gateway ignores it. */
export interface TomlFault {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Path of the value's key. */
  readonly path: readonly string[];
}

/** The decoded configuration, with the names of the fields, and its faults. */
export interface DecodedToml {
  readonly value: JsonObject;
  readonly faults: readonly TomlFault[];
  /** Paths of the keys that belong to a field, as `tomlPath` writes them. */
  readonly taken: ReadonlySet<string>;
}

/** Decodes a whole file. A value of the wrong type is omitted. */
export function decodeToml(table: TomlTable, shape: TomlStruct): DecodedToml {
  const decoder = new Decoder();
  const value = decoder.struct(table, shape, []) ?? {};
  return { value, faults: decoder.faults, taken: decoder.taken };
}

type Path = readonly string[];

class Decoder {
  readonly faults: TomlFault[] = [];
  readonly taken = new Set<string>();

  struct(value: TomlValue, shape: TomlStruct, path: Path): JsonObject | undefined {
    if (!isTable(value)) {
      this.#error(path, `type mismatch for ${shape.type}: expected table but found ${typeName(value)}`);
      return undefined;
    }
    const members = new Map<string, JsonValue>();
    for (const [key, child] of Object.entries(value)) {
      const name = fieldName(shape, key);
      const field = name === undefined ? undefined : shape.fields[name];
      if (name === undefined || field === undefined) continue;
      const decoded = this.#take(child, field, [...path, key]);
      if (decoded !== undefined) members.set(name, decoded);
    }
    return Object.fromEntries(members);
  }

  #take(value: TomlValue, shape: TomlShape, path: Path): JsonValue | undefined {
    this.taken.add(tomlPath(path));
    return this.#value(value, shape, path);
  }

  #value(value: TomlValue, shape: TomlShape, path: Path): JsonValue | undefined {
    switch (shape.kind) {
      case 'any':
        return toJson(value);
      case 'struct':
        return this.struct(value, shape, path);
      case 'map':
        return this.#map(value, shape.of, path);
      case 'list':
        return this.#list(value, shape.of, path);
      case 'string':
        return typeof value === 'string' ? value : this.#mismatch(path, value, 'string');
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#mismatch(path, value, 'boolean');
      case 'integer':
        if (typeof value !== 'bigint') return this.#mismatch(path, value, 'integer');
        if (BigInt.asIntN(64, value) !== value) this.#error(path, `${value} is out of range for int64`);
        return Number(value);
      case 'float':
        return typeof value === 'bigint' || typeof value === 'number'
          ? Number(value)
          : this.#mismatch(path, value, 'float');
    }
  }

  #map(value: TomlValue, of: TomlShape, path: Path): JsonObject | undefined {
    if (!isTable(value)) {
      const message = `The gateway ignores ${tomlPath(path)}: it is ${typeName(value)}, not a table`;
      this.faults.push({ severity: 'warning', message, path });
      return undefined;
    }
    const members = Object.entries(value).flatMap(([key, child]): [string, JsonValue][] => {
      const decoded = this.#take(child, of, [...path, key]);
      return decoded === undefined ? [] : [[key, decoded]];
    });
    return Object.fromEntries(members);
  }

  #list(value: TomlValue, of: TomlShape, path: Path): readonly JsonValue[] | undefined {
    if (!Array.isArray(value)) return this.#mismatch(path, value, 'slice');
    return value.flatMap((item) => this.#value(item, of, path) ?? []);
  }

  #mismatch(path: Path, value: TomlValue, wanted: string): undefined {
    this.#error(path, `incompatible types: TOML value has type ${typeName(value)}; destination has type ${wanted}`);
  }

  #error(path: Path, message: string): void {
    this.faults.push({ severity: 'error', message, path });
  }
}

/** The field with exactly this name, otherwise the first one that differs only in case. */
function fieldName(shape: TomlStruct, key: string): string | undefined {
  if (Object.hasOwn(shape.fields, key)) return key;
  const lower = toLower(key);
  return Object.keys(shape.fields).find((name) => toLower(name) === lower);
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !isDate(value);
}

function isDate(value: object): boolean {
  return value instanceof Date || !(Object.getPrototypeOf(value) === null || value.constructor === Object);
}

/** The Go type that the library decodes a value to. */
function typeName(value: TomlValue): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int64';
  if (typeof value === 'number') return 'float64';
  if (Array.isArray(value)) return value.length > 0 && value.every(isTable) ? '[]map[string]any' : '[]any';
  return isTable(value) ? 'map[string]any' : 'time.Time';
}

/** The value as JSON. Dates and infinities, which JSON lacks, become strings. The nesting is limited by `maxTomlDepth`. */
function toJson(value: TomlValue): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (!isTable(value)) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, toJson(child)]));
}
