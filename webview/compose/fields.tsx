/** The fields of a form for a JSON schema, one component per kind. */
import type { ComponentChildren, JSX } from 'preact';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/base/json.ts';
import type { FormProblem } from '../models/formProblems.ts';
import {
  fieldOf,
  initialValue,
  memberOf,
  membersOf,
  parseNumberField,
  otherMembers,
  withMember,
} from '../models/schemaForm.ts';
import { IconButton } from '../widgets/button.tsx';
import { Checkbox, Dropdown } from '../widgets/fields.tsx';
import { ActionLink } from '../widgets/small.tsx';
import { JsonField } from './jsonField.tsx';

export interface FieldProps {
  readonly name: string;
  readonly path: string;
  readonly schema: JsonObject;
  readonly root: JsonObject;
  /** undefined when the member is absent. */
  readonly value: JsonValue | undefined;
  readonly required: boolean;
  readonly problems: readonly FormProblem[];
  readonly onChange: (value: JsonValue | undefined) => void;
}

/** A member with its name, its description and its problems. */
function SchemaField(props: FieldProps): JSX.Element {
  const { name, path, schema, root, value, required, problems, onChange } = props;
  const { kind, schema: own, variants } = fieldOf(schema, root, value);
  const description = typeof own['description'] === 'string' ? own['description'] : '';
  const wrong = problems.filter((problem) => problem.path === path);
  const isWide = kind === 'group' || kind === 'list';
  return (
    <div class={`compose-field${isWide ? ' compose-wide' : ''}`} data-testid={`field${path}`}>
      <div class="compose-name">
        <label for={idOf(path)}>{name}</label>
        {required ? (
          <span class="compose-required" title="Required by the tool">
            required
          </span>
        ) : null}
        {value !== undefined && !required ? <ActionLink onClick={() => onChange(undefined)}>Remove</ActionLink> : null}
      </div>
      {description === '' ? null : <p class="compose-description">{description}</p>}
      {variants.length > 0 && value !== undefined ? (
        <Dropdown
          label={`Type of ${name}`}
          value={String(Math.max(0, variants.indexOf(own)))}
          options={variants.map((variant, at) => ({ value: String(at), text: titleOf(variant, at) }))}
          onChange={(chosen) => onChange(initialValue(variants[Number(chosen)] ?? {}, root))}
        />
      ) : null}
      {value === undefined ? (
        <ActionLink onClick={() => onChange(initialValue(schema, root))}>Add {name}</ActionLink>
      ) : (
        <Input {...props} value={value} />
      )}
      {wrong.map(({ message }) => (
        <p key={message} class="compose-problem">
          {name} {message}
        </p>
      ))}
    </div>
  );
}

/** The members of a group: those of the schema, then the others that the value has. */
export function GroupFields({
  path,
  schema,
  root,
  value,
  problems,
  onChange,
}: Omit<FieldProps, 'name' | 'required' | 'value'> & { value: JsonObject }): JSX.Element {
  const set = (name: string, member: JsonValue | undefined): void => onChange(withMember(value, name, member));
  return (
    <>
      {membersOf(schema).map(({ name, schema: member, required }) => (
        <SchemaField
          key={name}
          name={name}
          path={`${path}/${name}`}
          schema={member}
          root={root}
          value={memberOf(value, name)}
          required={required}
          problems={problems}
          onChange={(next) => set(name, next)}
        />
      ))}
      {otherMembers(value, schema).map((name) => (
        <SchemaField
          key={name}
          name={name}
          path={`${path}/${name}`}
          schema={{}}
          root={root}
          value={memberOf(value, name)}
          required={false}
          problems={problems}
          onChange={(next) => set(name, next)}
        />
      ))}
    </>
  );
}

function Input({
  name,
  path,
  schema,
  root,
  value,
  problems,
  onChange,
}: FieldProps & { value: JsonValue }): JSX.Element {
  const { kind, schema: own, options } = fieldOf(schema, root, value);
  const id = idOf(path);
  if (kind === 'choice') {
    const texts = options.map((option) => JSON.stringify(option));
    const at = texts.indexOf(JSON.stringify(value));
    const list = texts.map((text, each) => ({
      value: String(each),
      text: typeof options[each] === 'string' ? options[each] : text,
    }));
    const all = at < 0 ? [{ value: '-1', text: JSON.stringify(value) }, ...list] : list;
    return (
      <Dropdown
        label={name}
        value={String(at)}
        options={all}
        onChange={(chosen) => onChange(options[Number(chosen)] ?? value)}
      />
    );
  }
  if (kind === 'boolean' && typeof value === 'boolean') {
    return (
      <Checkbox checked={value} onChange={onChange}>
        {name}
      </Checkbox>
    );
  }
  if (kind === 'text' && typeof value === 'string') {
    const long = value.includes('\n') || value.length > 80;
    return (
      <textarea
        id={id}
        class="compose-input"
        rows={long ? 5 : 1}
        spellcheck={false}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  if (kind === 'number' && (typeof value === 'number' || typeof value === 'string')) {
    return (
      <input
        id={id}
        class="compose-input"
        inputMode="decimal"
        value={String(value)}
        onInput={(event) => onChange(parseNumberField(event.currentTarget.value))}
      />
    );
  }
  if (kind === 'list' && Array.isArray(value)) {
    return (
      <ListFields
        name={name}
        path={path}
        schema={own}
        root={root}
        value={value as readonly JsonValue[]}
        problems={problems}
        onChange={onChange}
      />
    );
  }
  if (kind === 'group' && isJsonObject(value)) {
    return (
      <Nested>
        <GroupFields path={path} schema={own} root={root} value={value} problems={problems} onChange={onChange} />
      </Nested>
    );
  }
  return <JsonField id={id} label={`${name} as JSON`} value={value} rows={2} onChange={onChange} />;
}

function ListFields({
  name,
  path,
  schema,
  root,
  value,
  problems,
  onChange,
}: Omit<FieldProps, 'required' | 'value'> & { value: readonly JsonValue[] }): JSX.Element {
  const items = isJsonObject(schema['items']) ? schema['items'] : {};
  const set = (at: number, item: JsonValue | undefined): void =>
    onChange(item === undefined ? value.toSpliced(at, 1) : value.with(at, item));
  return (
    <Nested>
      {value.map((item, at) => (
        <div key={at} class="compose-item">
          <SchemaField
            name={`${name}[${at}]`}
            path={`${path}/${at}`}
            schema={items}
            root={root}
            value={item}
            required
            problems={problems}
            onChange={(next) => set(at, next)}
          />
          <IconButton icon="close" label={`Remove ${name}[${at}]`} onClick={() => set(at, undefined)} />
        </div>
      ))}
      <ActionLink onClick={() => onChange([...value, initialValue(items, root)])}>Add item</ActionLink>
    </Nested>
  );
}

function Nested({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <div class="compose-nested">{children}</div>;
}

function titleOf(schema: JsonObject, at: number): string {
  const { title, type } = schema;
  if (typeof title === 'string') return title;
  return typeof type === 'string' ? type : `variant ${at + 1}`;
}

function idOf(path: string): string {
  return `field${path.replaceAll('/', '-')}`;
}
