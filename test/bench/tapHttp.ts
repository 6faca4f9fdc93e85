/** Measures the time that the HTTP tap adds to a round trip: a client of Streamable HTTP with one connection, and a server that answers at once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';

const warmUps = 1000;
const answerText = 'Some text. '.repeat(30);
const call = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'read_file', arguments: { path: '/workspace/README.md', note: 'x'.repeat(300) } },
});
const answer = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: answerText }] } });

/** A server in its own process, as behind a real tap; prints its address. */
export async function startHttpServer(): Promise<{ readonly url: string; readonly stop: () => void }> {
  const script =
    "const http=require('node:http');const answer=process.argv[1];" +
    "http.createServer((q,r)=>{q.resume().on('end',()=>{r.writeHead(200,{'content-type':'application/json'});r.end(answer)})})" +
    ".listen(0,'127.0.0.1',function(){console.log('http://127.0.0.1:'+this.address().port+'/mcp')})";
  return listening([process.execPath, '-e', script, answer]);
}

/** A tap before the server. */
export function startHttpTap(url: string, capture: string): ReturnType<typeof startHttpServer> {
  return listening([process.execPath, 'dist/cli.js', 'tap', '--http', url, '--out', capture]);
}

/** Milliseconds of each round trip, sorted. */
export async function httpLatencies(url: string, roundTrips: number): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const samples: number[] = [];
  for (let at = -warmUps; at < roundTrips; at++) {
    const began = performance.now();
    await post(url, agent);
    if (at >= 0) samples.push(performance.now() - began);
  }
  agent.destroy();
  return samples.sort((a, b) => a - b);
}

function post(url: string, agent: Agent): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'content-length': Buffer.byteLength(call),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
      response.resume().on('end', () => resolve());
    });
    sent.on('error', reject).end(call);
  });
}

async function listening([file = '', ...args]: readonly string[]): ReturnType<typeof startHttpServer> {
  const child: ChildProcess = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const { stdout } = child;
  if (stdout === null) throw new Error('no standard output');
  for await (const line of createInterface(stdout)) {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url === undefined) continue;
    stdout.resume();
    return { url, stop: () => void child.kill() };
  }
  throw new Error(`${args.join(' ')} printed no address`);
}
