/** The open traces: which one commands act on, and the condition under which menus show them. */
import { beforeEach, expect, it, vi } from 'vitest';
import { OpenSessions } from '../../../src/host/base/openSessions.ts';
import { FakeTrace } from '../../support/vscode/hostServices.ts';
import { fake, resetVscode } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

const [first, second, third] = ['a', 'b', 'c'].map((name) => new FakeTrace(`/w/${name}.guardtrace.jsonl`).document);
if (first === undefined || second === undefined || third === undefined) throw new Error('three documents are made');

let sessions: OpenSessions;
let changes = 0;

beforeEach(() => {
  resetVscode();
  sessions = new OpenSessions();
  changes = 0;
  sessions.onDidChange(() => changes++);
});

const hasSession = (): unknown => fake.context.get('guardscope.hasSession');

it('has no active trace at first', () => {
  expect(sessions.active).toBeUndefined();
  expect(sessions.all).toEqual([]);
});

it('acts on the trace that was opened last, until a panel has the focus', () => {
  sessions.add(first);
  sessions.add(second);
  expect(sessions.active).toBe(second);
  sessions.activate(first);
  sessions.add(third);
  expect(sessions.active).toBe(first);
});

it('acts on the one opened last again when the active trace is closed, and stays when another one is', () => {
  for (const document of [first, second, third]) sessions.add(document);
  sessions.activate(first);
  sessions.delete(second);
  expect(sessions.active).toBe(first);
  sessions.delete(first);
  expect(sessions.active).toBe(third);
  sessions.delete(third);
  expect(sessions.active).toBeUndefined();
});

it('lists the open traces in the order in which they were opened', () => {
  for (const document of [second, first]) sessions.add(document);
  sessions.activate(second);
  expect(sessions.all).toEqual([second, first]);
});

it('sets the condition of the menus while a trace is open', () => {
  sessions.add(first);
  sessions.add(second);
  expect(hasSession()).toBe(true);
  sessions.delete(first);
  expect(hasSession()).toBe(true);
  sessions.delete(second);
  expect(hasSession()).toBe(false);
});

it('announces opening, closing and activating', () => {
  sessions.add(first);
  sessions.activate(first);
  sessions.delete(first);
  expect(changes).toBe(3);
});
