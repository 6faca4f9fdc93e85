/** The Guard tab: each guard call with its duration, its attempts, its memory and its failure. */
import type { JSX } from 'preact';
import type { CallDetail, GuardCallRow } from '../../src/core/protocol/rows.ts';
import { formatBytes, formatCount, formatGrowth, formatMs, formatPages, plural } from '../models/format.ts';
import { Icon } from '../widgets/icon.tsx';
import { Empty, Note } from '../widgets/small.tsx';

/** The return code with which a guard requests a larger output buffer (gateway spec 1.4). */
const tooSmall = -2;

export function GuardTab({ detail }: { detail: CallDetail }): JSX.Element {
  if (detail.guardCalls.length === 0) return <Empty title="No guard calls" />;
  return (
    <div class="guard-calls">
      {detail.guardCalls.map((call, at) => (
        <GuardCall key={at} call={call} at={at} detail={detail} />
      ))}
    </div>
  );
}

function GuardCall({ call, at, detail }: { call: GuardCallRow; at: number; detail: CallDetail }): JSX.Element {
  const {
    function: name,
    durationMs,
    attempts,
    memory,
    grows,
    error,
    answerError,
    trace,
    death,
    stack,
    poisoned,
    input,
    output,
    logDropped,
  } = call;
  const lookups = detail.backendCalls.filter(({ guardCall }) => guardCall === at).length;
  const lines = detail.log.filter(({ guardCall }) => guardCall === at).length;
  const failed = error !== null || answerError !== null;
  return (
    <section
      class={failed ? 'guard-call guard-call-failed' : 'guard-call'}
      data-testid="guard-call"
      data-function={name}
    >
      <header>
        <Icon name={failed ? 'error' : 'check'} label={failed ? 'failed' : 'returned'} />
        <h3>{name}</h3>
        <span class="guard-time">{formatMs(durationMs)}</span>
        {poisoned ? <span class="origin origin-poisoned">poisoned</span> : null}
        <span class="hint">
          {[
            `${formatBytes(input.bytes)} in`,
            output === null ? 'no output' : `${formatBytes(output.bytes)} out`,
            lookups === 0 ? '' : plural(lookups, 'backend call'),
            lines === 0 ? '' : plural(lines, 'log line'),
          ]
            .filter((part) => part !== '')
            .join(' · ')}
        </span>
      </header>
      {answerError === null ? null : (
        <div class="guard-error">
          <p>The gateway rejects this response: {answerError}</p>
        </div>
      )}
      {error === null ? null : (
        <div class="guard-error">
          {death === null ? null : (
            <p class="guard-death" data-testid="guard-death">
              {name} {death}
            </p>
          )}
          <p>{error}</p>
          {stack === null ? null : <Stack lines={stack.lines} notes={stack.notes} />}
          {trace === null || trace.length === 0 ? null : (
            <details open={stack === null}>
              <summary>Stack trace of the gateway</summary>
              <pre class="text" tabIndex={0} aria-label="Stack trace">
                {trace.map((frame, depth) => `${String(depth).padStart(2)}  ${frame}`).join('\n')}
              </pre>
            </details>
          )}
        </div>
      )}
      <table class="facts">
        <tbody>
          {attempts.map((attempt, number) => (
            <tr key={number}>
              <th scope="row">{attempts.length === 1 ? 'Attempt' : `Attempt ${number + 1}`}</th>
              <td>{formatBytes(attempt.bufferSize)} buffer</td>
              <td class={attempt.code === null || attempt.code < 0 ? 'fact-bad' : ''}>{attemptEnd(attempt)}</td>
            </tr>
          ))}
          {memory === null ? null : (
            <tr>
              <th scope="row">Memory</th>
              <td title={`${formatPages(memory.before)} → ${formatPages(memory.after)}`}>
                {formatBytes(memory.before)} → {formatBytes(memory.after)}
              </td>
              <td>
                {formatGrowth(memory.after - memory.before)}, peak {formatBytes(memory.peak)} (
                {formatPages(memory.peak)})
              </td>
            </tr>
          )}
          {grows.map(({ from, to, by, atMs }, number) => (
            <tr key={`grow${number}`}>
              <th scope="row">{number === 0 ? 'Growth' : <span class="visually-hidden">Growth</span>}</th>
              <td>
                {formatBytes(from)} → {formatBytes(to)}
              </td>
              <td>
                {by === 'host' ? 'by the host for its buffers' : 'by the guard'}, after {formatMs(atMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {attempts.length > 1 ? (
        <Note kind="warning">
          Each attempt runs the whole export again, including its log lines, backend calls and state changes. All
          attempts share the limit of 50 backend calls.
        </Note>
      ) : null}
      {logDropped > 0 ? (
        <Note kind="warning">{plural(logDropped, 'log line')} not kept: only the first and the last ones are</Note>
      ) : null}
    </section>
  );
}

/** The stack in the words of the guard's source; library frames are folded. */
function Stack({ lines, notes }: NonNullable<GuardCallRow['stack']>): JSX.Element {
  return (
    <>
      <ol class="stack" aria-label="Stack of the guard" data-testid="guard-stack">
        {lines.map(({ text, folded }, at) => (
          <li key={at}>
            {folded.length === 0 ? (
              text
            ) : (
              <details>
                <summary>{text}</summary>
                {folded.map((frame, depth) => (
                  <div key={depth}>{frame}</div>
                ))}
              </details>
            )}
          </li>
        ))}
      </ol>
      {notes.map((note) => (
        <p key={note} class="hint">
          {note}
        </p>
      ))}
    </>
  );
}

function attemptEnd({ code, hint }: GuardCallRow['attempts'][number]): string {
  if (code === null) return 'did not return';
  if (code === tooSmall)
    return hint === null ? 'too small (−2), no size requested' : `too small (−2), ${formatBytes(hint)} requested`;
  if (code < 0) return `error code −${formatCount(-code)}`;
  return code === 0 ? 'nothing written (0)' : `${formatBytes(code)} written`;
}
