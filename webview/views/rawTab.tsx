/** The Raw tab: arguments, inputs and outputs of the guard, backend result and response to the client. */
import type { JSX } from 'preact';
import type { TextName } from '../../src/core/protocol/panel.ts';
import type { CallDetail, TextBlock } from '../../src/core/protocol/rows.ts';
import { TextPane } from '../widgets/textPane.tsx';
import { useStore } from './context.ts';
import { useOpenTexts } from '../state/openTexts.ts';

interface Section {
  /** Identifies the section across calls, so that an expanded section stays expanded. */
  readonly key: string;
  readonly title: string;
  readonly note?: string;
  readonly block: TextBlock;
  readonly name: TextName;
}

export function RawTab({ detail }: { detail: CallDetail }): JSX.Element {
  const store = useStore();
  const openTexts = useOpenTexts();
  return (
    <div class="raw">
      {sectionsOf(detail).map(({ key, title, note, block, name }) => (
        <TextPane
          key={key}
          title={title}
          block={block}
          {...(note === undefined ? {} : { note })}
          open={openTexts.has(key)}
          onToggle={() => openTexts.toggle(key)}
          whole={() => store.text(name)}
          onOpen={() => void store.command({ run: 'openText', text: name, title: `${detail.row.tool} ${title}` })}
          testId={`text-${key}`}
        />
      ))}
    </div>
  );
}

/** The sections in chronological order. */
function sectionsOf(detail: CallDetail): readonly Section[] {
  const call = detail.row.index;
  const { args, backendResult, client, guardCalls } = detail;
  const note = clientNote(detail);
  const entries = guardCalls.map(({ function: name, input, output }, guardCall): readonly Section[] => [
    { key: `input-${name}`, title: `${name} input`, block: input, name: { of: 'input', call, guardCall } },
    ...(output === null
      ? []
      : [
          {
            key: `output-${name}`,
            title: `${name} output`,
            block: output,
            name: { of: 'output', call, guardCall },
          } as const,
        ]),
  ]);
  const before = entries.filter((_sections, at) => guardCalls[at]?.function !== 'label_response').flat();
  const after = entries.filter((_sections, at) => guardCalls[at]?.function === 'label_response').flat();
  return [
    { key: 'args', title: 'Arguments', block: args, name: { of: 'args', call } },
    ...before,
    ...(backendResult === null
      ? []
      : [
          {
            key: 'backendResult',
            title: 'Backend result',
            block: backendResult,
            name: { of: 'backendResult', call },
          } as const,
        ]),
    ...after,
    ...(client === null
      ? []
      : [
          {
            key: 'client',
            title: 'Response to the client',
            ...(note === '' ? {} : { note }),
            block: client,
            name: { of: 'client', call },
          } as const,
        ]),
  ];
}

/** What sets the answer apart: that it is an error, and which values of it only the gateway knows. */
function clientNote({ clientIsError, clientUnknown }: CallDetail): string {
  const unknown = clientUnknown.length === 0 ? [] : [`only the gateway knows ${clientUnknown.join(', ')}`];
  return [...(clientIsError ? ['JSON-RPC error'] : []), ...unknown].join('; ');
}
