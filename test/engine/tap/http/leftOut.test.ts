/** An HTTP message that does not fit into the recorder's queue passes, and the loss is in a sentence and in the exit code of the tap. */
import { afterAll, expect, it } from 'vitest';
import { proves } from '../../../support/proves.ts';
import { httpTapped } from '../real/servers.ts';
import { captureLines, scratchFolder } from '../tapped.ts';
import { fakeHttpServer } from './fakeServer.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

/** Bytes that `--queue 1` allows. */
const queueBytes = 1024 * 1024;

it('a message as long as the queue passes without being recorded, which the end of the tap says', async () => {
  proves('own:left-out-is-reported');
  const server = await fakeHttpServer(({ body }, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(`{"jsonrpc":"2.0","id":1,"result":${body.length}}`);
  });
  const capture = scratch.path('left-out.guardtrace.jsonl');
  const tap = await httpTapped(capture, `${server.origin}/mcp`, '--queue', '1');
  const [head, tail] = ['{"jsonrpc":"2.0","id":1,"method":"m","params":{"text":"', '"}}'];
  // An entry of the queue costs more than its bytes, while the pipe to the recorder may hold as many.
  const body = head + 'y'.repeat(queueBytes - 100 - head.length - tail.length) + tail;
  const answer = await fetch(tap.url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  expect(await answer.json()).toMatchObject({ result: body.length });
  tap.running.child.kill('SIGTERM');
  expect(await tap.running.seen).toMatchObject({
    code: 2,
    stderr:
      'guardscope tap: content left out of the capture: that of 1 message (1.0 MB), because the queue of the recorder was full; allow a longer one with --queue\n',
  });
  expect(captureLines(capture)).toContainEqual(
    expect.objectContaining({ dir: 'client', dropped: { bytes: body.length, lines: 1, why: 'too slow' } }),
  );
  await server.close();
});
