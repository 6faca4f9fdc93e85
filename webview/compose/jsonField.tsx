/** A text box for a JSON value. Invalid text stays in the box with the reason, and the value stays the last valid one. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { JsonValue } from '../../src/core/base/json.ts';

export interface JsonFieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: JsonValue;
  readonly rows: number;
  readonly onChange: (value: JsonValue) => void;
  /** Called after each change with whether the text is valid JSON. */
  readonly onValid?: (valid: boolean) => void;
}

export function JsonField({ id, label, value, rows, onChange, onValid }: JsonFieldProps): JSX.Element {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [reason, setReason] = useState('');
  useEffect(() => {
    // After an edit in this box the value already equals the text; any other change replaces the text.
    if (reason !== '' || hasValue(text, value)) return;
    setText(JSON.stringify(value, null, 2));
  }, [value]);
  const type = (typed: string): void => {
    setText(typed);
    try {
      onChange(JSON.parse(typed) as JsonValue);
      setReason('');
      onValid?.(true);
    } catch (thrown) {
      setReason(thrown instanceof Error ? thrown.message : String(thrown));
      onValid?.(false);
    }
  };
  return (
    <>
      <textarea
        id={id}
        class="compose-input compose-code"
        aria-label={label}
        aria-invalid={reason !== ''}
        rows={Math.max(rows, Math.min(24, text.split('\n').length))}
        spellcheck={false}
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
      />
      {reason === '' ? null : <p class="compose-problem">Invalid JSON: {reason}</p>}
    </>
  );
}

function hasValue(text: string, value: JsonValue): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
}
