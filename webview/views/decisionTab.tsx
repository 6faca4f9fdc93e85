/** The Decision tab: the phases of the pipeline, the labels of agent and resource, and the rules of the coarse check. */
import type { JSX } from 'preact';
import type { CallDetail, PhaseRow } from '../../src/core/protocol/rows.ts';
import { inclusions } from '../models/flow.ts';
import { type PhaseGroup as PhaseGroupOf, phaseGroups } from '../models/phaseGroups.ts';
import { sameTags, tagChanges } from '../models/labelChange.ts';
import { ClauseCard } from '../policy/clauseCard.tsx';
import { Icon, type IconName } from '../widgets/icon.tsx';
import { Button } from '../widgets/button.tsx';
import { Empty } from '../widgets/small.tsx';
import { plural } from '../models/format.ts';
import { useStore } from './context.ts';
import { Origins } from '../agent/origins.tsx';
import type { LabelKind } from '../../src/core/difc/monitor/flowLabels.ts';
import { TagChip, TagList } from '../widgets/tags.tsx';

const phaseIcons: Record<PhaseRow['status'], { readonly icon: IconName; readonly word: string }> = {
  done: { icon: 'check', word: 'done' },
  stopped: { icon: 'close', word: 'stopped here' },
  warning: { icon: 'warning', word: 'done with warnings' },
  skipped: { icon: 'skip', word: 'not reached' },
};

const kinds: readonly LabelKind[] = ['secrecy', 'integrity'];

export function DecisionTab({ detail }: { detail: CallDetail }): JSX.Element {
  if (detail.phases.length === 0) return <NoDecision detail={detail} />;
  // The rule that is broken is the first thing to see.
  const isDenied = detail.coarse?.outcome === 'denied';
  const isAllowed = detail.row.status === 'allowed';
  return (
    <div class="decision">
      <ol class="phases">
        {phaseGroups(detail.phases).map((group) => (
          <PhaseGroup key={group.phases[0]?.id} group={group} />
        ))}
      </ol>
      <div class="labels">
        {isDenied ? <Rules detail={detail} /> : null}
        {isAllowed ? null : <ClauseCard index={detail.row.index} />}
        <AgentLabels detail={detail} />
        <ResourceLabels detail={detail} />
        {isDenied ? null : <Rules detail={detail} />}
        {isAllowed ? <ClauseCard index={detail.row.index} /> : null}
      </div>
    </div>
  );
}

/** What is shown of a call without a decision, with the next step. */
function NoDecision({ detail: { row } }: { detail: CallDetail }): JSX.Element {
  const store = useStore();
  const session = store.session.value;
  if (row.status !== 'skipped') {
    return (
      <Empty title="Not replayed yet">
        Select Replay to see the labels from the guard and the decision of the reference monitor. The Raw tab shows the
        captured data.
      </Empty>
    );
  }
  const server = session?.servers.find(({ id }) => id === row.server);
  if ((server?.undecided ?? null) === null) return <Empty title={row.headline} />;
  const hasConfig = session?.config.title !== null;
  const choose = (
    <>
      <Button icon="servers" onClick={() => void store.command({ run: 'chooseConfig' })}>
        {hasConfig ? 'Choose another configuration…' : 'Choose configuration…'}
      </Button>
      {server?.configured === false ? null : (
        <Button icon="shield" onClick={() => void store.command({ run: 'chooseGuard' })}>
          {hasConfig ? 'Replace guard…' : 'Choose guard…'}
        </Button>
      )}
    </>
  );
  return (
    <Empty title={row.headline} actions={choose} testId="empty-undecided">
      {hasConfig
        ? 'The other servers of the configuration are decided. The Raw tab shows the captured data of this call.'
        : "The gateway's configuration decides the calls of all servers as one session; a guard decides those of one server."}
    </Empty>
  );
}

/** Phases in a row that are shown, or folded into one line because they passed or were not reached. */
function PhaseGroup({ group: { phases, folded } }: { group: PhaseGroupOf }): JSX.Element {
  const [first] = phases;
  if (!folded || first === undefined) {
    return (
      <>
        {phases.map((phase) => (
          <Phase key={phase.id} phase={phase} />
        ))}
      </>
    );
  }
  const { icon, word } = phaseIcons[first.status];
  const names = phases.map(({ title }) => title).join(', ');
  return (
    <li class={`phase phase-${first.status}`} data-testid="phases-folded">
      <span class="phase-mark">
        <Icon name={icon} label={word} />
      </span>
      <details class="phase-text">
        <summary>
          {plural(phases.length, 'phase')} {first.status === 'done' ? 'passed' : 'not reached'}:{' '}
          <span class="hint">{names}</span>
        </summary>
        <ol>
          {phases.map((phase) => (
            <Phase key={phase.id} phase={phase} />
          ))}
        </ol>
      </details>
    </li>
  );
}

function Phase({ phase: { id, title, status, sentences } }: { phase: PhaseRow }): JSX.Element {
  const { icon, word } = phaseIcons[status];
  return (
    <li class={`phase phase-${status}`} data-testid="phase" data-phase={id} data-status={status}>
      <span class="phase-mark">
        <Icon name={icon} label={word} />
      </span>
      <div class="phase-text">
        <span class="phase-title">
          {/^\d+$/.test(id) ? <span class="phase-number">{id}</span> : null}
          {title}
        </span>
        {sentences.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
    </li>
  );
}

function AgentLabels({ detail }: { detail: CallDetail }): JSX.Element {
  const { agentBefore, agentAfter } = detail;
  const same = kinds.every((kind) => sameTags(agentBefore[kind], agentAfter[kind]));
  return (
    <section class="label-card" data-testid="labels-agent">
      <h3>
        Agent <span class="hint">{same ? 'unchanged by this call' : 'before → after this call'}</span>
      </h3>
      <dl>
        {kinds.map((kind) => (
          <div key={kind} class="label-line">
            <dt>{kind}</dt>
            <dd>
              <TagList kind={kind} tags={tagChanges(agentBefore[kind], agentAfter[kind])} />
            </dd>
          </div>
        ))}
      </dl>
      <Origins detail={detail} />
    </section>
  );
}

function ResourceLabels({ detail: { resource } }: { detail: CallDetail }): JSX.Element | null {
  if (resource === null) return null;
  return (
    <section class="label-card" data-testid="labels-resource">
      <h3>
        Resource <span class="hint">{resource.description}</span>
      </h3>
      <dl>
        {kinds.map((kind) => (
          <div key={kind} class="label-line">
            <dt>{kind}</dt>
            <dd>
              <TagList kind={kind} tags={tagChanges(resource[kind], resource[kind])} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The inclusions of the coarse check, each with its missing tags. */
function Rules({ detail: { row, resource, agentBefore } }: { detail: CallDetail }): JSX.Element | null {
  if (resource === null || row.operation === null) return null;
  return (
    <section class="label-card" data-testid="labels-rules">
      <h3>
        Coarse check <span class="hint">all of these must hold for a {row.operation}</span>
      </h3>
      <ul class="rules">
        {inclusions(row.operation, agentBefore, resource).map(({ access, kind, rule, demanded, missing }) => {
          const holds = missing.length === 0;
          return (
            <li key={`${access}${kind}`} class={holds ? 'rule rule-holds' : 'rule rule-broken'}>
              <Icon name={holds ? 'check' : 'close'} label={holds ? 'holds' : 'does not hold'} />
              <div>
                <span>{rule}</span>
                {demanded.length === 0 ? <span class="hint"> (none required)</span> : null}
                {holds ? null : (
                  <span class="rule-missing">
                    missing
                    {missing.map((tag) => (
                      <TagChip key={tag} kind={kind} tag={tag} decisive />
                    ))}
                  </span>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
