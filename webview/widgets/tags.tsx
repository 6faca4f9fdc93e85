/** Label tags as chips. Icons distinguish secrecy, integrity and changes, so that colour is never the only difference. */
import type { JSX } from 'preact';
import type { LabelKind } from '../../src/core/difc/monitor/flowLabels.ts';
import type { TagChange } from '../models/labelChange.ts';
import { Icon } from './icon.tsx';

export interface TagChipProps {
  readonly tag: string;
  readonly kind: LabelKind;
  readonly change?: TagChange['change'];
  /** Whether the tag is a reason for the denial. */
  readonly decisive?: boolean;
}

/** One tag. */
export function TagChip({ tag, kind, change = 'kept', decisive = false }: TagChipProps): JSX.Element {
  const changeText = change === 'kept' ? '' : `, ${change}`;
  const why = decisive ? ', decisive' : '';
  return (
    <span
      class={`tag tag-${kind} tag-${change}${decisive ? ' tag-decisive' : ''}`}
      title={`${kind}: ${tag}${changeText}${why}`}
    >
      {change === 'added' ? <Icon name="plus" label="added" /> : null}
      {change === 'removed' ? <Icon name="minus" label="removed" /> : null}
      {change === 'kept' ? <Icon name={kind === 'secrecy' ? 'lock' : 'shield'} /> : null}
      <span class="tag-name">{tag}</span>
    </span>
  );
}

/** A list of tags, or "none". */
export function TagList(props: {
  kind: LabelKind;
  tags: readonly TagChange[];
  decisive?: ReadonlySet<string>;
}): JSX.Element {
  const { kind, tags, decisive } = props;
  if (tags.length === 0) return <span class="tags tags-none">none</span>;
  return (
    <span class="tags">
      {tags.map(({ tag, change }) => (
        <TagChip key={`${change}${tag}`} kind={kind} tag={tag} change={change} decisive={decisive?.has(tag) ?? false} />
      ))}
    </span>
  );
}
