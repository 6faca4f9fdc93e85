/** The Log tab: the guard's host_log lines by level, and its output on stdout and stderr. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import type { CallDetail, LogRow } from '../../src/core/protocol/rows.ts';
import { formatCount, formatMs } from '../models/format.ts';
import { logLevels, lookOfLevel } from '../models/logLevels.ts';
import { Button } from '../widgets/button.tsx';
import { Dropdown, TextField } from '../widgets/fields.tsx';
import { Icon } from '../widgets/icon.tsx';
import { Empty } from '../widgets/small.tsx';

/** Lines drawn at first and per "Show more", because a guard may write many thousands. */
const linesShown = 500;

/** The minimum level shown; kept until the panel is closed. */
const lowest = signal(0);

/** The text that shown lines contain, in any case of letters; kept until the panel is closed. */
const wanted = signal('');

export function LogTab({ detail }: { detail: CallDetail }): JSX.Element {
  const [shown, setShown] = useState(linesShown);
  const streams = detail.guardCalls.flatMap(({ function: name, stdout, stderr }) => [
    { name: `${name} stderr`, text: stderr },
    { name: `${name} stdout`, text: stdout },
  ]);
  const written = streams.filter(({ text }) => text !== '');
  const dropped = detail.guardCalls.reduce((sum, { logDropped }) => sum + logDropped, 0);
  if (detail.log.length === 0 && written.length === 0) {
    return <Empty title="No log output">The guard wrote nothing to host_log, stdout or stderr during this call.</Empty>;
  }
  const lines = detail.log.filter(
    ({ level, message }) => (level >= lowest.value || level > 3) && hasText(message, wanted.value),
  );
  return (
    <div class="log">
      <div class="tab-tools">
        <Dropdown
          value={String(lowest.value)}
          label="Minimum log level"
          options={logLevels.map(({ level, word }) => ({
            value: String(level),
            text: level === 0 ? 'All levels' : `${word} and above`,
          }))}
          onChange={(value) => void (lowest.value = Number(value))}
          testId="log-level"
        />
        <TextField
          value={wanted.value}
          label="Text in log lines"
          placeholder="Text"
          icon="search"
          onInput={(text) => void (wanted.value = text)}
          testId="log-text"
        />
        <span class="hint">
          {formatCount(lines.length)} of {formatCount(detail.log.length)} lines
          {dropped > 0 ? `, ${formatCount(dropped)} not kept` : ''}
        </span>
      </div>
      {written.map(({ name, text }) => (
        <section key={name} class="stream">
          <h3>{name}</h3>
          <pre class="text" tabIndex={0} aria-label={name}>
            {text}
          </pre>
        </section>
      ))}
      {lines.length === 0 && detail.log.length > 0 ? <Empty title="No line has this level and text" /> : null}
      <ol class="log-rows">
        {lines.slice(0, shown).map((line, at) => (
          <Line key={at} line={line} before={lines[at - 1]} detail={detail} />
        ))}
      </ol>
      {lines.length > shown ? (
        <div class="more">
          <Button onClick={() => setShown(shown + linesShown)}>
            Show more ({formatCount(lines.length - shown)} remaining)
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function hasText(message: string, text: string): boolean {
  return message.toLowerCase().includes(text.toLowerCase());
}

/** The lines that were left out between two shown lines: the first and the last number, or null. */
function leftOut(
  before: LogRow | undefined,
  line: LogRow,
  { guardCalls }: CallDetail,
): readonly [number, number] | null {
  const call = guardCalls[line.guardCall];
  if (call === undefined || call.logGapAt === null) return null;
  const first = call.logGapAt + 1;
  const isBefore = before?.guardCall === line.guardCall && before.number > call.logGapAt;
  return line.number <= call.logGapAt || isBefore ? null : [first, call.logGapAt + call.logDropped];
}

function Line({ line, before, detail }: { line: LogRow; before: LogRow | undefined; detail: CallDetail }): JSX.Element {
  const { level, message, atMs, attempt, function: name } = line;
  const { word, icon } = lookOfLevel(level);
  const left = leftOut(before, line, detail);
  const fresh = before?.guardCall !== line.guardCall || before.attempt !== attempt;
  return (
    <>
      {fresh ? (
        <li class="log-group">
          {name}
          {attempt > 0 ? `, attempt ${attempt + 1}` : ''}
        </li>
      ) : null}
      {left === null ? null : (
        <li class="log-group" data-testid="log-gap">
          Lines {formatCount(left[0])} to {formatCount(left[1])} are not kept: too many for one guard call
        </li>
      )}
      <li class={`log-row log-level-${level}`} data-testid="log-row" data-level={level}>
        <span class="log-time">{formatMs(atMs)}</span>
        <span class="log-level">
          <Icon name={icon} />
          {word}
        </span>
        <span class="log-message">{message}</span>
      </li>
    </>
  );
}
