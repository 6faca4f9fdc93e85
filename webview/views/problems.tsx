/** The list of problems of a call, and the strip with the problems of the session. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { countProblems, type Excerpt, type Problem } from '../../src/core/base/parsed.ts';
import type { PanelState } from '../../src/core/protocol/panel.ts';
import { formatCount, plural } from '../models/format.ts';
import { Icon } from '../widgets/icon.tsx';
import { ActionLink } from '../widgets/small.tsx';
import { useStore } from './context.ts';

/** A list of problems, each with its hint, its code and a link to its position. */
export function ProblemList({ problems }: { problems: readonly Problem[] }): JSX.Element {
  const store = useStore();
  return (
    <ul class="problems">
      {problems.map((problem, at) => {
        const place = placeOf(problem);
        return (
          <li
            key={at}
            class={`problem severity-${problem.severity}`}
            data-testid="problem-row"
            data-code={problem.code}
          >
            <Icon name={problem.severity === 'info' ? 'info' : problem.severity} label={problem.severity} />
            <div class="problem-text">
              <span class="problem-message">{problem.message}</span>
              {problem.hint === undefined ? null : <span class="hint">{problem.hint}</span>}
              {problem.excerpt === undefined ? null : <ProblemExcerpt excerpt={problem.excerpt} />}
            </div>
            <ProblemCode problem={problem} />
            {place === '' ? null : (
              <ActionLink onClick={() => void store.command({ run: 'revealProblem', problem })}>{place}</ActionLink>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The text with the mistake, for example the guard's answer. */
function ProblemExcerpt({ excerpt: { title, text } }: { excerpt: Excerpt }): JSX.Element {
  return (
    <span class="problem-excerpt" data-testid="problem-excerpt">
      {title}: <code>{text}</code>
    </span>
  );
}

/** The code of a problem, as a link when it has documentation. */
function ProblemCode({ problem: { code, docs } }: { problem: Problem }): JSX.Element {
  const store = useStore();
  if (docs === undefined) return <code class="problem-code">{code}</code>;
  return (
    <ActionLink
      testId="problem-docs"
      title="Open documentation"
      onClick={() => void store.command({ run: 'openDocs', docs })}
    >
      <code class="problem-code">{code}</code>
    </ActionLink>
  );
}

/** A line below the toolbar that expands into the list; null without problems. */
export function ProblemsStrip({ session }: { session: PanelState }): JSX.Element | null {
  const [open, setOpen] = useState(false);
  const { problems, problemsTotal, config, guard, policy } = session;
  const first = problems[0];
  if (first === undefined) return null;
  const worst = problems.find(({ severity }) => severity === 'error') ?? first;
  const unseen = problemsTotal - countProblems(problems);
  // The notices already show the messages of the inputs.
  const shown = new Set([config.message, guard.message, policy.message]);
  const others = problems.filter(({ message }) => !shown.has(message));
  const shownFirst = others.find(({ severity }) => severity === 'error') ?? others[0];
  return (
    <div class="problems-strip" data-testid="problems-strip">
      <button type="button" class="strip-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'down' : 'right'} />
        <span class={`severity-${worst.severity}`}>
          <Icon name={worst.severity === 'info' ? 'info' : worst.severity} />
        </span>
        <span class="strip-count">{plural(problemsTotal, 'problem')}</span>
        {open || shownFirst === undefined ? null : <span class="strip-first">{shownFirst.message}</span>}
      </button>
      {open ? (
        <div class="strip-list">
          <ProblemList problems={problems} />
          {unseen > 0 ? <p class="hint strip-rest">{formatCount(unseen)} more in the Problems view</p> : null}
        </div>
      ) : null}
    </div>
  );
}

function placeOf({ position }: Problem): string {
  if (position === undefined) return '';
  const { file, line, column, offset } = position;
  const name = file?.split(/[\\/]/).at(-1);
  if (line !== undefined) {
    if (name !== undefined) return [name, line, column].filter((part) => part !== undefined).join(':');
    return `Go to line ${line}${column === undefined ? '' : `, column ${column}`}`;
  }
  return offset === undefined ? (name ?? '') : `Go to byte ${formatCount(offset)}`;
}
