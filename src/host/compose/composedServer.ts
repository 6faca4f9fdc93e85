/** The server of a "New Call…" view. It runs behind a tap, so its calls are captured as a session and seen by the guard. */
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { toFailure } from '../../core/base/failure.ts';
import { Emitter, type Event } from '../../core/base/event.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { ComposeAnswer, ComposeDraft, ComposeState } from '../../core/protocol/compose.ts';
import { callsPattern, captureName } from '../../engine/recording/format/captureName.ts';
import type { ClientLaunch, InteractiveClient } from '../../engine/mcpClient/interactiveClient.ts';
import { captureOptions, prepareCaptureFolder } from '../base/captureFolders.ts';
import { tapLauncher } from '../capture/launcherOf.ts';
import { stdioTap } from '../../engine/captureHome/tapArguments.ts';
import { editors } from '../base/ids.ts';
import { type Services, showFailure } from '../base/services.ts';
import { rememberChoice } from '../base/settings.ts';

/** The command that starts a server, with all variables resolved. */
export interface ComposedLaunch {
  readonly server: string;
  readonly command: string;
  readonly args: readonly string[];
  /** null removes the variable. */
  readonly env: Readonly<Record<string, string | null>>;
  readonly cwd: string | undefined;
  readonly workspace: vscode.WorkspaceFolder | undefined;
  /** The guard that watches the session, and its policy; null for none. */
  readonly guard: { readonly path: string; readonly policy: string | null } | null;
}

/** Starts, calls and stops one server. */
export class ComposedServer implements Disposable {
  readonly #services: Services;
  readonly #launch: ComposedLaunch;
  readonly #changed = new Emitter<void>();
  readonly #progress = new Emitter<string>();
  #client: InteractiveClient | null = null;
  #status: ComposeState['status'] = 'starting';
  #message = '';
  readonly #calling = new Set<AbortController>();
  #capture = '';
  /** Number of the latest start; a stop, and the end of the view, end a start that still runs. */
  #latest = 0;
  /** Ends the latest start. */
  #starting = new AbortController();
  /** Resolves when the latest start has succeeded, failed or been ended. */
  #started: Promise<void> = Promise.resolve();

  /** Fires when the server's status or its tools changed. */
  readonly onDidChange: Event<void> = this.#changed.event;
  /** Fires with the text of each progress notification of the running call. */
  readonly onProgress: Event<string> = this.#progress.event;

  /** The column of the compose view; the session's panel opens in another one. */
  viewColumn: () => vscode.ViewColumn | undefined = () => undefined;

  constructor(services: Services, launch: ComposedLaunch) {
    this.#services = services;
    this.#launch = launch;
  }

  get state(): ComposeState {
    const { server, command, args, guard } = this.#launch;
    const origin = [basename(command), ...args].join(' ');
    const tools = this.#client?.tools ?? [];
    return {
      server,
      origin,
      status: this.#status,
      message: this.#message,
      tools,
      guard: guard === null ? 'none' : 'watch',
    };
  }

  /** Starts the server with a new capture and opens the panel of the capture. Never rejects; a failure is in `state`. */
  start(): Promise<void> {
    const own = this.#endStart();
    const { signal } = this.#starting;
    // The server of a start that was ended has ended, too, before the next one runs.
    this.#started = this.#start(own, signal, this.#started);
    return this.#started;
  }

  async #start(own: number, signal: AbortSignal, before: Promise<void>): Promise<void> {
    const client = this.#client;
    this.#client = null;
    this.#setStatus('starting');
    await Promise.all([before, client?.close()]);
    if (own !== this.#latest) return;
    try {
      const launch = await this.#prepare();
      const { InteractiveClient } = await import('../../engine/mcpClient/interactiveClient.ts');
      const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
      const version = String((this.#services.context.extension.packageJSON as { readonly version?: unknown }).version);
      const onChange = (): void => this.#onClient();
      const started = await InteractiveClient.start(launch, { version, roots, signal, onChange });
      if (own !== this.#latest) {
        await started.close();
        return;
      }
      this.#client = started;
      this.#setStatus('running');
    } catch (thrown) {
      // A start that the user ended did not fail.
      if (own !== this.#latest) return;
      const { message, hint } = toFailure(thrown);
      this.#services.log.warn(`New call: ${message}`);
      this.#setStatus('failed', hint === '' ? message : `${message}. ${hint}`);
      return;
    }
    // The server also runs when its session cannot be shown.
    await this.showSession().catch((thrown: unknown) => showFailure(this.#services.log, thrown));
  }

  /** Calls a tool. A failure is an answer too; never rejects. */
  async send({ tool, args }: ComposeDraft): Promise<ComposeAnswer> {
    const client = this.#client;
    if (client === null || this.#status !== 'running') {
      return { kind: 'error', ms: 0, text: 'The server is not running. Start it again.', isError: true };
    }
    const calling = new AbortController();
    this.#calling.add(calling);
    const answer = await client.callTool(tool, args, {
      signal: calling.signal,
      onProgress: ({ progress, total, message }) => {
        this.#progress.fire(
          `${total === null ? progress : `${progress} of ${total}`}${message === '' ? '' : `: ${message}`}`,
        );
      },
    });
    this.#calling.delete(calling);
    const { ms } = answer;
    if (calling.signal.aborted) return { kind: 'cancelled', ms, text: '', isError: false };
    if (answer.kind === 'error')
      return { kind: 'error', ms, text: `${answer.message} (${answer.code})`, isError: true };
    return { kind: 'result', ms, text: JSON.stringify(answer.result, null, 2), isError: answer.isError };
  }

  /** Cancels the running calls. */
  cancel(): void {
    for (const calling of this.#calling) calling.abort();
  }

  /** Stops the server; the view stays open. */
  async stop(): Promise<void> {
    this.#endStart();
    const client = this.#client;
    this.#client = null;
    this.#setStatus('ended');
    await client?.close();
  }

  /** Opens the panel of the session's capture. */
  async showSession(): Promise<void> {
    if (this.#capture === '') return;
    const viewColumn = this.viewColumn() === vscode.ViewColumn.One ? vscode.ViewColumn.Two : vscode.ViewColumn.One;
    const options = { viewColumn, preserveFocus: true };
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(this.#capture), editors.trace, options);
  }

  dispose(): void {
    this.#endStart();
    this.#changed.dispose();
    this.#progress.dispose();
    void this.#client?.close();
    this.#client = null;
  }

  /** Returns the tap's command line with a fixed capture name, and stores the guard as the choice for that capture. */
  async #prepare(): Promise<ClientLaunch> {
    const { context } = this.#services;
    const { server, command, args, env, cwd, workspace, guard } = this.#launch;
    const options = captureOptions(workspace);
    await prepareCaptureFolder(options.folder, workspace);
    const pattern = join(options.folder, callsPattern);
    this.#capture = captureName(pattern, { start: new Date(), server, pid: process.pid });
    const tap = stdioTap(await tapLauncher(context), server, options);
    const tapArgs = tap.args.map((arg, at) => (tap.args[at - 1] === '--out' ? this.#capture : arg)).slice(0, -1);
    const guardFlags =
      guard === null ? [] : ['--guard', guard.path, ...(guard.policy === null ? [] : ['--policy', guard.policy])];
    if (guard !== null) {
      await rememberChoice(context.workspaceState, vscode.Uri.file(this.#capture), {
        guard: guard.path,
        policy: guard.policy,
      });
    }
    const all = Object.entries({ ...process.env, ...env, ...tap.env });
    const given = all.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    return {
      command: tap.command,
      args: [...tapArgs, ...guardFlags, '--end-server', '--', command, ...args],
      isTap: true,
      env: Object.fromEntries(given),
      ...(cwd === undefined ? {} : { cwd }),
    };
  }

  /** Ends a start that still runs. Returns the number of the next one. */
  #endStart(): number {
    this.#starting.abort();
    this.#starting = new AbortController();
    return ++this.#latest;
  }

  #onClient(): void {
    if (this.#client?.running === false && this.#status === 'running') this.#setStatus('ended', 'The server has ended');
    else this.#changed.fire();
  }

  #setStatus(status: ComposeState['status'], message = ''): void {
    this.#status = status;
    this.#message = message;
    this.#changed.fire();
  }
}
