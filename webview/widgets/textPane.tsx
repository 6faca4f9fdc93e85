/** A collapsible text section with copy and open actions; JSON is highlighted up to a limit, and truncated text can be loaded completely. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { TextBlock } from '../../src/core/protocol/rows.ts';
import { toFailure } from '../../src/core/base/failure.ts';
import { formatBytes } from '../models/format.ts';
import { indentJson, jsonTokens } from '../models/jsonText.ts';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';
import { ActionLink } from './small.tsx';

/** Maximum length in characters of text that is highlighted. */
const colouredUpTo = 60_000;

export interface TextPaneProps {
  readonly title: string;
  readonly block: TextBlock;
  readonly note?: string;
  readonly open: boolean;
  readonly onToggle: () => void;
  /** Loads the complete text. */
  readonly whole: () => Promise<TextBlock>;
  readonly onOpen: () => void;
  readonly testId?: string;
}

export function TextPane({ title, block, note, open, onToggle, whole, onOpen, testId }: TextPaneProps): JSX.Element {
  const [full, setFull] = useState<TextBlock | null>(null);
  const [status, setStatus] = useState('');
  useEffect(() => {
    setFull(null);
    setStatus('');
  }, [block]);
  const shown = full ?? block;
  const getWhole = async (): Promise<TextBlock> => {
    if (!shown.truncated) return shown;
    const text = await whole();
    setFull(text);
    return text;
  };
  const act = (what: () => Promise<string>): void => {
    void what().then(setStatus, (thrown: unknown) => setStatus(toFailure(thrown).message));
  };
  const copy = async (): Promise<string> => {
    const { text, json } = await getWhole();
    await navigator.clipboard.writeText(json ? indentJson(text) : text);
    return 'Copied';
  };
  return (
    <section class="text-pane" data-testid={testId}>
      <header class="text-head">
        <button type="button" class="disclosure" aria-expanded={open} onClick={onToggle}>
          <Icon name={open ? 'down' : 'right'} />
          <span class="text-title">{title}</span>
          <span class="text-size">{formatBytes(block.bytes)}</span>
          {note === undefined ? null : <span class="text-note">{note}</span>}
        </button>
        <span class="text-status" role="status">
          {status}
        </span>
        <IconButton icon="copy" label={`Copy: ${title}`} onClick={() => act(copy)} />
        <IconButton icon="open" label={`Open in editor: ${title}`} onClick={onOpen} />
      </header>
      {open ? (
        <>
          <Text block={shown} label={title} />
          {shown.truncated ? (
            <p class="text-more">
              Showing the first {formatBytes(new TextEncoder().encode(shown.text).length)} of {formatBytes(shown.bytes)}
              . <ActionLink onClick={() => act(() => getWhole().then(() => ''))}>Show all</ActionLink>
            </p>
          ) : null}
        </>
      ) : null}
    </section>
  );
}

function Text({ block: { text, json }, label }: { block: TextBlock; label: string }): JSX.Element {
  if (text === '') return <p class="text-empty">Empty</p>;
  const shown = json ? indentJson(text) : text;
  return (
    <pre class="text" tabIndex={0} aria-label={label}>
      {json && shown.length <= colouredUpTo
        ? jsonTokens(shown).map(({ kind, text: part }, at) =>
            kind === 'space' || kind === 'punctuation' ? (
              part
            ) : (
              <span key={at} class={`json-${kind}`}>
                {part}
              </span>
            ),
          )
        : shown}
    </pre>
  );
}
