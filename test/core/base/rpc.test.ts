/** The RPC link: concurrent requests in both directions, failures, unknown methods, closing. */
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/base/failure.ts';
import { Peer, type Port } from '../../../src/core/base/rpc.ts';
import { portPair } from '../../support/portPair.ts';

type Calculator = {
  add: { in: { a: number; b: number }; out: number };
  refuse: { in: string; out: null };
  never: { in: null; out: null };
};
type Silent = { ping: { in: null; out: string } };

function pair() {
  const [left, right] = portPair();
  const calculator = new Peer<Calculator, Silent>(left, {
    add: ({ a, b }) => a + b,
    refuse: (why) => {
      throw new Failure('test/refused', `I refuse "${why}"`, 'Ask for something else');
    },
    never: () => new Promise(() => undefined),
  });
  const asker = new Peer<Silent, Calculator>(right, { ping: () => Promise.resolve('pong') });
  return { calculator, asker };
}

describe('Peer', () => {
  it('answers concurrent requests in both directions', async () => {
    const { calculator, asker } = pair();
    const sums = Promise.all([1, 2, 3].map((a) => asker.ask('add', { a, b: 10 })));
    expect(await calculator.ask('ping', null)).toBe('pong');
    expect(await sums).toEqual([11, 12, 13]);
  });

  it('rejects with the code, message and hint of a failure', async () => {
    const { asker } = pair();
    await expect(asker.ask('refuse', 'that')).rejects.toMatchObject({
      code: 'test/refused',
      message: 'I refuse "that"',
      hint: 'Ask for something else',
    });
  });

  it.each(['missing', 'toString', '__proto__'])('rejects the unknown method %s', async (method) => {
    const { asker } = pair();
    await expect(asker.ask(method as 'add', { a: 1, b: 2 })).rejects.toMatchObject({
      code: 'link/unknown-method',
      message: `The other side has no method "${method}"`,
    });
  });

  it('rejects pending and later requests when it is disposed', async () => {
    const { asker } = pair();
    const waiting = asker.ask('never', null);
    asker.dispose();
    await expect(waiting).rejects.toMatchObject({ code: 'link/closed' });
    await expect(asker.ask('add', { a: 1, b: 1 })).rejects.toMatchObject({ code: 'link/closed' });
  });

  it('rejects pending requests when the port closes', async () => {
    let close = (): void => undefined;
    const port: Port = { post: () => undefined, listen: (_onMessage, onClose) => void (close = onClose) };
    const peer = new Peer<Silent, Calculator>(port, { ping: () => 'pong' });
    const waiting = peer.ask('add', { a: 1, b: 2 });
    close();
    await expect(waiting).rejects.toBeInstanceOf(Failure);
  });
});
