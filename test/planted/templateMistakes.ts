/** Planted mistakes in the source and the policy of a new AssemblyScript guard, each with the way to it in the editor. */
import { type ChangeKind, changeTitles } from '../../src/core/difc/record/changeKind.ts';

/** A file of the project, and a text of it that stands there once, with what the mistake makes of it. */
export interface Replacement {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** One thing that the author does in the editor. */
export type EditorAction =
  /** Presses a key in the list of calls. */
  | { readonly key: 'n' }
  /** Opens a tab of the selected call. */
  | { readonly tab: 'changes' | 'problems' }
  /** Clicks a kind of changes in the strip. */
  | { readonly kind: ChangeKind }
  /** Runs a command of the palette. */
  | { readonly command: string };

/** A mistake, what the panel says after the build, the actions, and what can be read then. */
export interface TemplateMistake {
  readonly name: string;
  readonly of: 'guard' | 'policy';
  readonly changes: readonly Replacement[];
  /** Without an action. */
  readonly says: readonly string[];
  /** At most three. */
  readonly actions: readonly EditorAction[];
  readonly seen: readonly string[];
}

const rules = 'assembly/labels.ts';
const next = { key: 'n' } as const;
const changesTab = { tab: 'changes' } as const;
const problemsTab = { tab: 'problems' } as const;

export const templateMistakes: readonly TemplateMistake[] = [
  {
    name: 'forgets the tags of one tool',
    of: 'guard',
    changes: [
      {
        file: rules,
        from: 'putNote(notes.values[i], out);',
        to: `if (textOf(call.get('tool_name')) != 'search_notes') putNote(notes.values[i], out);
      else new Note('public', APPROVED).putLabels(out, 'note:', textOf(notes.values[i].get('id')));`,
      },
    ],
    says: ['1 decision differs from the run before', "1 items' labels"],
    actions: [next, changesTab],
    seen: ['search_notes', 'secrecy lost "private:notes/team"', '/items/0/secrecy/0'],
  },
  {
    name: 'gives staff one level of integrity too few',
    of: 'guard',
    changes: [{ file: rules, from: 'const APPROVED: i32 = 3;', to: 'const APPROVED: i32 = 2;' }],
    says: ['decisions differ from the run before', "items' labels"],
    actions: [next, changesTab],
    seen: ['integrity lost "approved"', '/items/0/integrity/0'],
  },
  {
    name: 'does not repeat a look-up whose answer did not fit',
    of: 'guard',
    changes: [{ file: 'assembly/host.ts', from: 'if (code != -2) break;', to: 'if (code < 0) break;' }],
    says: ['6 look-ups', '6 findings'],
    actions: [next, changesTab],
    seen: ['was 2 look-ups, is 1 look-up', '/guardCalls/0/backendCalls/1', 'gained "lint/lookup-not-repeated"'],
  },
  {
    name: 'leaks 64 KiB a call',
    of: 'guard',
    changes: [
      {
        file: 'assembly/index.ts',
        from: 'const value = parseJson(',
        to: 'memory.grow(1);\n  const value = parseJson(',
      },
    ],
    says: ['10 decisions differ from the run before', '10 memory growth'],
    actions: [next, next, changesTab],
    seen: ['was 0 pages, is 2 pages'],
  },
  {
    name: 'traps on an empty list',
    of: 'guard',
    changes: [
      {
        file: rules,
        from: 'if (notes !== null && notes.kind == Kind.List) {',
        to: `if (notes !== null && notes.kind == Kind.List) {
    log(INFO, 'the first note is ' + textOf(notes.values[0].get('id')));`,
      },
    ],
    says: ['no decision changed'],
    actions: [{ command: 'Guardscope: Check Guard' }],
    seen: [
      '2 mistakes',
      'label_response of "list_notes" with an empty list as the result stopped in onAbort',
      '[check/trap]',
    ],
  },
  {
    name: 'answers with the labels of the note that it looked up first',
    of: 'guard',
    changes: [
      {
        file: rules,
        from: 'function lookUp(id: Value): Note {',
        to: `const known = new Map<string, Note>();

function lookUp(id: Value): Note {
  if (known.has('note_info')) return known.get('note_info');`,
      },
      {
        file: rules,
        from: "return info !== null && info.get('folder').kind == Kind.Text ? Note.of(info) : Note.blocked();",
        to: `if (info === null || info.get('folder').kind != Kind.Text) return Note.blocked();
  known.set('note_info', Note.of(info));
  return known.get('note_info');`,
      },
    ],
    says: ['6 decisions differ from the run before', '5 look-ups'],
    actions: [{ kind: 'lookups' }, next, changesTab],
    seen: ['was 2 look-ups, is 0 look-ups', 'secrecy lost "private:notes/team"', '/resource/secrecy/0'],
  },
  {
    name: 'labels a write as a read',
    of: 'guard',
    changes: [{ file: rules, from: "if (tool == 'delete_note') operation = 'write';", to: '' }],
    says: ['1 decision differs from the run before', '1 operation'],
    actions: [next, changesTab],
    seen: ['delete_note', 'was write, is read', '/operation'],
  },
  {
    name: 'misspells a scope',
    of: 'policy',
    changes: [{ file: 'policy.json', from: 'notes/team', to: 'notes/taem' }],
    says: ['No call of the session names the policy scope "notes/taem"', "1 agent's tags"],
    actions: [next, changesTab],
    seen: [
      'now gains secrecy "private:notes/taem"; no longer gains secrecy "private:notes/team"',
      '/agentAfter/secrecyGained/0',
    ],
  },
  {
    name: 'counts paths from 1',
    of: 'guard',
    changes: [{ file: rules, from: 'out.put(i.toString());', to: 'out.put((i + 1).toString());' }],
    says: ['2 decisions differ from the run before', '2 findings'],
    actions: [next, problemsTab],
    seen: ['lint/path-without-item', '"/4"'],
  },
  {
    name: 'writes the names of members in camel case',
    of: 'guard',
    changes: [
      {
        file: rules,
        from: `const notes = jsonOf(result);
  out.put('{"labeled_paths":[');`,
        to: `const notes = jsonOf(result);
  out.put('{"labeledPaths":[');`,
      },
    ],
    says: ['7 decisions differ from the run before', '7 unfiltered'],
    actions: [next, problemsTab],
    seen: ['lint/unknown-field', 'labeledPaths'],
  },
];

/** An action as the table of README.md says it. */
export function actionText(action: EditorAction): string {
  if ('key' in action) return `\`${action.key}\` in the list`;
  if ('tab' in action) return `tab *${action.tab === 'changes' ? 'Changes' : 'Problems'}*`;
  if ('kind' in action) return `*${changeTitles[action.kind]}* in the strip`;
  return `*${action.command.replace('Guardscope: ', '')}*`;
}
