/** The compose view: a tool, its arguments as a form or as JSON, and the response to the last call. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { isJsonObject, type JsonValue } from '../../src/core/base/json.ts';
import { toFailure } from '../../src/core/base/failure.ts';
import type { ComposeAnswer, ComposeDraft, ComposeState, ComposeTool } from '../../src/core/protocol/compose.ts';
import { problemsOf } from '../models/formProblems.ts';
import { initialValue } from '../models/schemaForm.ts';
import { afterToolChange, describeSent, type SentCall } from '../models/sentCall.ts';
import { Button } from '../widgets/button.tsx';
import { Dropdown } from '../widgets/fields.tsx';
import { GroupFields } from './fields.tsx';
import { JsonField } from './jsonField.tsx';

/** Requests to the host. */
export interface ComposeActions {
  readonly send: (draft: ComposeDraft) => Promise<ComposeAnswer>;
  readonly cancel: () => void;
  readonly restart: () => void;
  readonly stop: () => void;
  readonly showSession: () => void;
}

export interface ComposeAppProps {
  readonly state: ComposeState;
  readonly draft: ComposeDraft;
  readonly onDraft: (draft: ComposeDraft) => void;
  readonly progress: string;
  readonly actions: ComposeActions;
}

export function ComposeApp({ state, draft, onDraft, progress, actions }: ComposeAppProps): JSX.Element {
  const [asJson, setAsJson] = useState(false);
  const [readable, setReadable] = useState(true);
  const [sent, setSent] = useState<SentCall | null>(null);
  const sending = sent !== null && sent.answer === null;
  const tool = state.tools.find(({ name }) => name === draft.tool);
  const problems = useMemo(
    () => (tool === undefined ? [] : problemsOf(draft.args, tool.inputSchema)),
    [tool, draft.args],
  );
  const canSend = state.status === 'running' && !sending && draft.tool !== '' && readable;
  const send = async (): Promise<void> => {
    if (!canSend) return;
    setSent({ tool: draft.tool, answer: null });
    const answer = await actions.send(draft).catch((thrown: unknown): ComposeAnswer => {
      return { kind: 'error', ms: 0, text: toFailure(thrown).message, isError: true };
    });
    setSent({ tool: draft.tool, answer });
  };
  useEffect(() => setReadable(true), [asJson, draft.tool]);
  useLayoutEffect(() => setSent(afterToolChange), [draft.tool]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void send();
  };
  return (
    <main class="compose" onKeyDown={onKeyDown}>
      <Head state={state} actions={actions} />
      <section class="compose-tool">
        <Dropdown
          label="Tool"
          value={draft.tool}
          options={toolOptions(state.tools, draft.tool)}
          onChange={(name) => onDraft({ tool: name, args: emptyArguments(state.tools, name) })}
          testId="compose-tool"
        />
        {tool === undefined ? null : <p class="compose-description">{tool.description}</p>}
      </section>
      <section class="compose-form" aria-label="Arguments">
        <header class="compose-bar">
          <h3>Arguments</h3>
          <Button
            kind="quiet"
            label={asJson ? 'Form' : 'JSON'}
            onClick={() => setAsJson(!asJson)}
            testId="compose-json"
          >
            {asJson ? 'Form' : 'JSON'}
          </Button>
        </header>
        {asJson || tool === undefined || !isJsonObject(draft.args) ? (
          <JsonField
            id="compose-json-text"
            label="Arguments as JSON"
            value={draft.args}
            rows={8}
            onChange={(args) => onDraft({ ...draft, args })}
            onValid={setReadable}
          />
        ) : (
          <GroupFields
            path=""
            schema={tool.inputSchema}
            root={tool.inputSchema}
            value={draft.args}
            problems={problems}
            onChange={(args: JsonValue | undefined) => onDraft({ ...draft, args: args ?? {} })}
          />
        )}
      </section>
      <footer class="compose-send">
        <Button
          kind="primary"
          disabled={!canSend}
          onClick={() => void send()}
          title="Ctrl+Enter or ⌘Enter"
          testId="compose-send"
        >
          {problems.length === 0 ? 'Send' : 'Send anyway'}
        </Button>
        {sending ? (
          <Button onClick={actions.cancel} testId="compose-cancel">
            Cancel
          </Button>
        ) : null}
        <span class="compose-call-status" role="status" data-testid="compose-call-status">
          {describeSent(sent, draft.tool, progress, problems.length)}
        </span>
      </footer>
      {sent === null || sent.answer === null ? null : (
        <pre class="compose-answer" tabIndex={0} aria-label={`Response to ${sent.tool}`} data-testid="compose-answer">
          {sent.answer.text}
        </pre>
      )}
    </main>
  );
}

/** The server, its status and its actions. */
function Head({ state, actions }: { readonly state: ComposeState; readonly actions: ComposeActions }): JSX.Element {
  const { server, origin, status, message, guard } = state;
  const words = { starting: 'starting…', running: 'running', ended: 'ended', failed: 'failed to start' } as const;
  const guards = { none: '', watch: 'guard watching', enforce: 'guard enforcing' } as const;
  return (
    <header class="compose-head">
      <h2 title={origin}>{server}</h2>
      <span class={`compose-status compose-status-${status}`} role="status" data-testid="compose-status">
        {words[status]}
        {guard === 'none' ? '' : ` · ${guards[guard]}`}
      </span>
      <span class="compose-actions">
        <Button kind="quiet" label="Show session" onClick={actions.showSession} testId="compose-session">
          Show session
        </Button>
        {status === 'running' ? (
          <Button kind="quiet" label="Stop" onClick={actions.stop}>
            Stop
          </Button>
        ) : null}
        {status === 'ended' || status === 'failed' ? (
          <Button kind="quiet" label="Restart" onClick={actions.restart}>
            Restart
          </Button>
        ) : null}
      </span>
      {message === '' ? null : <p class="compose-problem">{message}</p>}
    </header>
  );
}

/** The options of the tool list; a selected tool that the server no longer offers stays in the list. */
function toolOptions(tools: readonly ComposeTool[], chosen: string): readonly { value: string; text: string }[] {
  const list = tools.map(({ name, title }) => ({
    value: name,
    text: title === '' || title === name ? name : `${name} (${title})`,
  }));
  if (chosen === '') return [{ value: '', text: 'Choose a tool…' }, ...list];
  return tools.some(({ name }) => name === chosen)
    ? list
    : [{ value: chosen, text: `${chosen} (not available)` }, ...list];
}

function emptyArguments(tools: readonly ComposeTool[], name: string): JsonValue {
  const tool = tools.find((each) => each.name === name);
  return tool === undefined ? {} : initialValue(tool.inputSchema);
}
