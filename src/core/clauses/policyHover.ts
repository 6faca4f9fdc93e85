/** What a hover on a policy says: the gateway's meaning of the key or the entry under the cursor. */
import type { TextSpan } from '../base/textPlaces.ts';
import { toLower } from '../go/goText.ts';
import {
  allowOnlyField,
  type AllowOnlyField,
  integrityLevels,
  policyKindOf,
  repoWords,
  writeSinkFields,
} from '../policy/fields.ts';
import { visibilities } from '../policy/scopes.ts';
import type { WrittenPolicy } from './clausesOfFile.ts';
import type { Written } from './written.ts';

/** A hover over a part of a text. `text` is Markdown. */
export interface PolicyHover {
  readonly span: TextSpan;
  readonly text: string;
}

/** What the two kinds of policies are. */
const kinds = {
  'allow-only': 'What an agent may read. The guard gets it in `label_agent`.',
  'write-sink':
    'What may be written to this server: it gets no guard of its own, and takes writes of agents whose secrecy it accepts.',
} as const;

/** What values a field of each kind has. */
const values: Readonly<Record<AllowOnlyField['kind'], string>> = {
  repos: `${repoWords.map((word) => `\`"${word}"\``).join(', ')}, or a list of \`owner/*\`, \`owner/repo\` and \`owner/re*\`, in lower case.`,
  level: `One of ${integrityLevels.map((level) => `\`${level}\``).join(', ')}.`,
  limits: 'Numbers by tool; 0 is unlimited.',
  list: 'A list of strings, compared without case.',
  reactions: 'A list of names of reactions.',
  expression: 'A list of labels, or a string with commas between them.',
  text: 'A string.',
};

const sinkValues = {
  accept:
    '`["*"]`, or a list of `owner`, `owner/*`, `owner/repo` and `owner/re*`, each with or without `private:`, `internal:` or `public:`.',
  'sink-visibility': `One of ${visibilities.map((word) => `\`${word}\``).join(', ')}.`,
} as const;

/** The hover at a place of the text; null where there is no key and no value of a policy. */
export function policyHover(policies: readonly WrittenPolicy[], at: number): PolicyHover | null {
  for (const { policy, form } of policies) {
    if (form === 'legacy') {
      const found = fieldHover(policy, allowOnlyAbout, at);
      if (found !== null) return found;
      continue;
    }
    for (const [key, body] of policy.members) {
      const kind = policyKindOf(key);
      if (kind === null) continue;
      if (holds(body.place, at)) return { span: body.place, text: `**${kind}**: ${kinds[kind]}` };
      const found = fieldHover(body, kind === 'allow-only' ? allowOnlyAbout : sinkAbout, at);
      if (found !== null) return found;
    }
  }
  return null;
}

function fieldHover(object: Written, aboutOf: (key: string) => string | null, at: number): PolicyHover | null {
  for (const [key, field] of object.members) {
    const about = aboutOf(key);
    if (about === null) continue;
    const parts = [...(field.items ?? []), ...field.members.values()];
    const part = parts.find(({ place, span }) => holds(place, at) || holds(span, at));
    const span = part?.place ?? (holds(field.place, at) ? field.place : field.span);
    if (part !== undefined || holds(field.place, at) || holds(field.span, at)) {
      return { span: span ?? field.place, text: about };
    }
  }
  return null;
}

function allowOnlyAbout(key: string): string | null {
  const field = allowOnlyField(toLower(key));
  if (field === null) return null;
  const { name, about, kind, required, reachesGuard } = field;
  const warning = reachesGuard ? '' : ' Not for servers with a WASM guard: the gateway refuses to call the guard.';
  return `**${name}**${required ? ' (required)' : ''}: ${about}${warning}\n\n${values[kind]}`;
}

function sinkAbout(key: string): string | null {
  const field = writeSinkFields.find(({ name }) => name === toLower(key));
  if (field === undefined) return null;
  return `**${field.name}**${field.required ? ' (required)' : ''}: ${field.about}\n\n${sinkValues[field.name]}`;
}

function holds(span: TextSpan | null, at: number): boolean {
  return span !== null && span.start <= at && at < span.end;
}
