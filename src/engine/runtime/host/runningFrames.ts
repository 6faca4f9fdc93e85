/**
 * Asks the thread of a running guard which functions it is in, through Node's inspector.
 *
 * V8 handles the inspector's messages at the stack check of a loop header or a function entry, so JavaScript runs on top of the guest's
 * frames and its stack has them. The thread is never paused and no debugger is enabled: a paused thread cannot be terminated, a debugger
 * makes V8 compile the module again, and it lists all frames of a stack, which may be millions. Other sessions, such as the one of an
 * editor that debugs this process, get no event of it.
 */
import type { FrameAddress } from '../shared/guestError.ts';
import { framesFunction } from '../shared/workerContract.ts';

/** The part of Node's inspector session that is used. */
export interface InspectorSession {
  connect(): void;
  on(event: string, listener: (message: { readonly params: unknown }) => void): unknown;
  post(method: string, params: object, done: (error: Error | null) => void): void;
  disconnect(): void;
}

/**
 * The guest's frames in the thread with this id, innermost first. Null when there are none, and when the inspector is not available or
 * has not answered after `limitMs` milliseconds. Never rejects.
 */
export function runningFrames(
  threadId: number,
  limitMs: number,
  open: () => Promise<InspectorSession> = openSession,
): Promise<readonly FrameAddress[] | null> {
  return new Promise((resolve) => {
    let session: InspectorSession | null = null;
    let isOver = false;
    const finish = (frames: readonly FrameAddress[] | null): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      resolve(frames);
      // Also detaches from all threads.
      quietly(() => session?.disconnect());
    };
    const timer = setTimeout(() => finish(null), limitMs);
    const ask = async (): Promise<void> => {
      session = await open();
      if (!isOver) askThread(session, threadId, finish);
    };
    ask().catch(() => finish(null));
  });
}

async function openSession(): Promise<InspectorSession> {
  // Loaded here, because an engine that was built without the inspector refuses it.
  const { Session } = await import('node:inspector');
  return new Session();
}

function askThread(
  session: InspectorSession,
  threadId: number,
  finish: (frames: readonly FrameAddress[] | null) => void,
): void {
  const failed = (error: Error | null): void => {
    if (error !== null) finish(null);
  };
  session.connect();
  session.on('NodeWorker.attachedToWorker', ({ params }) => {
    const { sessionId, workerInfo } = params as AttachedToWorker;
    // A number in the title is the id of the thread; other threads are not asked.
    const [number = `${threadId}`] = /\d+/.exec(workerInfo.title) ?? [];
    if (number !== `${threadId}`) return;
    const expression = `globalThis.${framesFunction}?.(${threadId})`;
    const request = { id: 1, method: 'Runtime.evaluate', params: { expression, returnByValue: true, silent: true } };
    session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(request) }, failed);
  });
  session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
    const frames = framesIn((params as ReceivedMessage).message);
    if (frames !== null) finish(frames.length === 0 ? null : frames);
  });
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, failed);
}

/** Parameters of the inspector's events. */
interface AttachedToWorker {
  readonly sessionId: string;
  readonly workerInfo: { readonly title: string };
}
interface ReceivedMessage {
  readonly message: string;
}

/** The frames in an answer; null for the answer of another thread, and for any other message. */
function framesIn(message: string): readonly FrameAddress[] | null {
  const answer = JSON.parse(message) as { readonly result?: { readonly result?: { readonly value?: unknown } } };
  const value = answer.result?.result?.value;
  return Array.isArray(value) ? (value as readonly FrameAddress[]) : null;
}

function quietly(run: () => void): void {
  try {
    run();
  } catch {
    // The session is not used any more.
  }
}
