/** The traces whose panels are open, and the active one, which commands without an argument act on. */
import * as vscode from 'vscode';
import { Emitter, type Event } from '../../core/base/event.ts';
import { contextKeys } from './ids.ts';
import type { TraceDocument } from './traceDocument.ts';

/** The open trace documents. The active one is the one whose panel had the focus last, else the one opened last. */
export class OpenSessions {
  readonly #open = new Set<TraceDocument>();
  readonly #changed = new Emitter<void>();
  #active: TraceDocument | undefined;

  /** Fires when a trace was opened, closed, or became the active one. */
  readonly onDidChange: Event<void> = this.#changed.event;

  get active(): TraceDocument | undefined {
    return this.#active ?? [...this.#open].at(-1);
  }

  get all(): readonly TraceDocument[] {
    return [...this.#open];
  }

  add(document: TraceDocument): void {
    this.#open.add(document);
    this.#announce();
  }

  delete(document: TraceDocument): void {
    this.#open.delete(document);
    if (this.#active === document) this.#active = undefined;
    this.#announce();
  }

  activate(document: TraceDocument): void {
    this.#active = document;
    this.#announce();
  }

  #announce(): void {
    void vscode.commands.executeCommand('setContext', contextKeys.hasSession, this.#open.size > 0);
    this.#changed.fire();
  }
}
