/** The Backend calls tab: the guard's look-ups in order, each with its result. */
import type { JSX } from 'preact';
import type { BackendCallEnd } from '../../src/core/difc/record/guardCall.ts';
import type { BackendRow, CallDetail } from '../../src/core/protocol/rows.ts';
import { formatMs } from '../models/format.ts';
import { Icon, type IconName } from '../widgets/icon.tsx';
import { Empty } from '../widgets/small.tsx';
import { TextPane } from '../widgets/textPane.tsx';
import { useStore } from './context.ts';
import { useOpenTexts } from '../state/openTexts.ts';

interface EndLook {
  readonly word: string;
  readonly icon: IconName;
  readonly hint: string;
}

const ends: Record<BackendCallEnd, EndLook> = {
  answered: { word: 'answered', icon: 'check', hint: '' },
  'too-small': {
    word: 'buffer too small',
    icon: 'warning',
    hint: 'The guard received −2 and the required size. Calling again counts towards the limit of 50 calls.',
  },
  error: { word: 'failed', icon: 'error', hint: 'The guard received −1 without a reason.' },
  'no-recorded-answer': {
    word: 'no recorded answer',
    icon: 'warning',
    hint: 'The guard received −1. In production it may receive an answer, and the decision may differ.',
  },
  'over-limit': {
    word: 'over the limit',
    icon: 'error',
    hint: 'A guard call can call the backend 50 times. Further calls return −1.',
  },
  'bad-tool-range': { word: 'bad tool range', icon: 'error', hint: 'The tool name is outside linear memory.' },
  'bad-args-range': { word: 'bad argument range', icon: 'error', hint: 'The arguments are outside linear memory.' },
  'args-not-json': {
    word: 'arguments not JSON',
    icon: 'error',
    hint: 'The arguments are not JSON, so the backend was not called.',
  },
  'bad-result-range': { word: 'bad result range', icon: 'error', hint: 'The result buffer is outside linear memory.' },
  deadline: {
    word: 'deadline',
    icon: 'error',
    hint: 'The guard call exceeded its time limit during the backend call.',
  },
};

export function BackendTab({ detail }: { detail: CallDetail }): JSX.Element {
  if (detail.backendCalls.length === 0) {
    return <Empty title="No backend calls">The guard did not call the backend while it handled this call.</Empty>;
  }
  return (
    <ol class="backend-rows">
      {detail.backendCalls.map((call, at) => (
        <BackendCall key={at} call={call} at={at} detail={detail} />
      ))}
    </ol>
  );
}

function BackendCall({ call, at, detail }: { call: BackendRow; at: number; detail: CallDetail }): JSX.Element {
  const store = useStore();
  const openTexts = useOpenTexts();
  const { tool, args, end, code, result, error, atMs, durationMs, attempt, guardCall } = call;
  const { word, icon, hint } = ends[end];
  const entered = detail.guardCalls[guardCall]?.function ?? '';
  const again = attempt > 0;
  const name = { of: 'lookup', call: detail.row.index, backendCall: at } as const;
  const title = `Answer to ${tool}`;
  return (
    <li class={`backend backend-${icon}${again ? ' backend-again' : ''}`} data-testid="backend-row" data-end={end}>
      <div class="backend-line">
        <Icon name={icon} label={word} />
        <span class="backend-tool">{tool === '' ? <em>no tool name</em> : tool}</span>
        <code class="backend-args" title={args}>
          {args}
        </code>
        <span class="backend-end" title={`Returned to the guard: ${code}`}>
          {word}
        </span>
        <span class="backend-time" title={`Called ${formatMs(atMs)} after ${entered} started`}>
          {formatMs(durationMs)}
        </span>
      </div>
      <p class="backend-note">
        in {entered} at {formatMs(atMs)}
        {again ? `, attempt ${attempt + 1}: repeated because the export ran again` : ''}
      </p>
      {error === null ? null : <p class="backend-error">{error}</p>}
      {hint === '' ? null : <p class="hint">{hint}</p>}
      {result === null ? null : (
        <TextPane
          title={title}
          block={result}
          open={openTexts.has(`lookup${at}`)}
          onToggle={() => openTexts.toggle(`lookup${at}`)}
          whole={() => store.text(name)}
          onOpen={() => void store.command({ run: 'openText', text: name, title })}
        />
      )}
    </li>
  );
}
