/** Tries one case after the other on a tap over HTTP that enforces the sample's guard. */
import { patiently } from '../../../support/patience.ts';
import { httpTapped, type Listening } from '../../tap/real/servers.ts';
import { HostileServer } from '../server/hostileServer.ts';
import { type Carrier, HostileHttp } from '../server/httpServer.ts';
import { revealed } from '../server/secrets.ts';
import type { HttpWay } from '../ways/httpWay.ts';
import { callText, type ClientWay, ownId, partsOf } from '../ways/way.ts';
import { type RawAnswer, RawExchange, requestBytes } from './rawHttp.ts';
import { enforcing } from './stdioTap.ts';
import { inWords, missing, responsesIn, soon } from './verdict.ts';

const deadlineMs = patiently(500);
const boundMs = deadlineMs + patiently(3000);

const initialize =
  '{"jsonrpc":"2.0","id":"begin","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}';

export class HttpTrials {
  readonly #path: (name: string) => string;
  readonly #entry: '/mcp' | '/sse';
  readonly #hostile = new HostileServer();
  readonly #server = new HostileHttp(this.#hostile);
  #tap: Listening | null = null;
  #taps = 0;
  #url = '';
  #address = new URL('http://127.0.0.1/');
  #session = '';
  #count = 0;
  #older: OlderSession | null = null;

  /** `entry`: where the server begins; `/sse` for the older transport, whose carrier is `stream`. */
  constructor(path: (name: string) => string, entry: '/mcp' | '/sse' = '/mcp') {
    this.#path = path;
    this.#entry = entry;
  }

  async close(): Promise<void> {
    await this.#end();
    this.#server.close();
  }

  async #end(): Promise<void> {
    this.#older?.stream.close();
    this.#older = null;
    await this.#tap?.stop();
    this.#tap = null;
  }

  /** Starts a tap, and begins a session. */
  async #begin(): Promise<void> {
    if (this.#url === '') this.#url = `${await this.#server.listen()}${this.#entry}`;
    const capture = this.#path(`around-${++this.#taps}.guardtrace.jsonl`);
    this.#tap = await httpTapped(capture, this.#url, ...enforcing, '--deadline', String(deadlineMs));
    this.#address = new URL(this.#tap.url);
    this.#session = '';
    if (this.#entry === '/mcp') this.#session = await this.newSession();
  }

  /** The id of a session that begins. */
  async newSession(): Promise<string> {
    this.#server.carrier = 'json';
    const begun = this.#post(initialize, []);
    const { all } = await this.#ended(begun);
    return /^mcp-session-id: *(\S+)/im.exec(all.toString('latin1'))?.[1] ?? '';
  }

  /** A message of a client in the body of a POST, with the answers of the server in a carrier. */
  tryWay(way: ClientWay, carrier: Carrier): Promise<string> {
    return this.tryHttp(
      {
        name: way.name,
        sends: (parts, { post }) => way.sends(parts).map((message) => [post(message)]),
        owed: way.owed ?? ownId,
        ...(way.server === undefined ? {} : { server: way.server }),
        ...(way.passesByDesign === undefined ? {} : { passesByDesign: way.passesByDesign }),
      },
      carrier,
    );
  }

  /** Returns what became of a case; `held` when the guard held. */
  async tryHttp(way: HttpWay, carrier: Carrier): Promise<string> {
    const parts = partsOf(++this.#count);
    if (this.#tap === null) await this.#begin();
    this.#hostile.begin(way.server ?? {});
    this.#server.carrier = carrier;
    this.#server.respond = way.respond ?? null;
    const session = way.ownSession === true ? await this.newSession() : this.#session;
    this.#server.carrier = carrier;
    const { port, pathname, host } = this.#address;
    const prefix = pathname.replace(/\/(?:mcp|sse)$/, '');
    const older = carrier === 'stream' ? await this.#openOlder(prefix) : null;
    const from = older?.stream.answer.body.length ?? 0;
    const target =
      older === null ? { path: pathname, prefix, host, session } : { path: older.path, prefix, host, session: '' };
    const streams = (way.listens?.(parts, this.#requests(target)) ?? []).map((request) =>
      this.#send(Number(port), [request]),
    );
    await soon(() => streams.every(({ answer: { status } }) => status > 0), boundMs);
    const sent = way.sends(parts, this.#requests(target)).map((request) => this.#send(Number(port), request));
    const exchanges = [...sent, ...streams];
    const owed = (way.owed ?? ownId)(parts);
    const unanswered = (): readonly string[] =>
      missing(
        owed,
        [
          ...exchanges.map(({ answer }) => answer.body),
          ...(older === null ? [] : [older.stream.answer.body.subarray(from)]),
        ].flatMap((body) => responsesIn(body.toString())),
      );
    await soon(
      () => sent.every((each) => each.answer.isComplete || way.staysOpen === true) && unanswered().length === 0,
      boundMs,
    );
    const open = way.staysOpen === true ? 0 : sent.filter((each) => !each.answer.isComplete).length;
    this.#server.respond = null;
    const afterwards = await this.#probe(parts.n, older);
    const shown = Buffer.concat([
      ...exchanges.map(({ answer }) => answer.all),
      older?.stream.answer.body.subarray(from) ?? Buffer.alloc(0),
    ]);
    const leaked = way.passesByDesign !== true && revealed(shown, [parts.n]).length > 0;
    for (const each of exchanges) each.close();
    if (afterwards !== '') {
      // The fault must not count for the next case, too.
      await this.#end();
    }
    return inWords({ leaked, writes: this.#hostile.takeWrites(), unanswered: unanswered(), open, afterwards });
  }

  #requests(target: HttpTarget): HttpRequests {
    const { path, host, session } = target;
    const usual = [
      `Host: ${host}`,
      'Accept: application/json, text/event-stream',
      ...(session === '' ? [] : [`Mcp-Session-Id: ${session}`]),
    ];
    return {
      ...target,
      usual,
      post: (body, more = []) =>
        requestBytes('POST', path, [...usual, 'Content-Type: application/json', ...more], body),
      request: (method, to, body, more = []) =>
        requestBytes(method, to, [...usual, 'Content-Type: application/json', ...more], body),
      listen: (more = []) => requestBytes('GET', path, [...usual, ...more, 'Content-Length: 0']),
    };
  }

  #post(body: string, more: readonly string[]): RawExchange {
    const { port, pathname, host } = this.#address;
    const { post } = this.#requests({ path: pathname, prefix: '', host, session: this.#session });
    return this.#send(Number(port), [post(body, more)]);
  }

  #send(port: number, request: Buffer | readonly Buffer[]): RawExchange {
    return new RawExchange(port, Buffer.isBuffer(request) ? [request] : request);
  }

  /** Calls a tool that the guard allows. Returns what is wrong with its answer. */
  async #probe(n: number, older: OlderSession | null): Promise<string> {
    const id = `"probe-${n}"`;
    const message = callText(id, partsOf(n).publicRead);
    const { port, host } = this.#address;
    const request = older === null ? null : this.#requests({ path: older.path, prefix: '', host, session: '' });
    const probe = request === null ? this.#post(message, []) : this.#send(Number(port), [request.post(message)]);
    const bodies = (): string => `${probe.answer.body.toString()}\n${older?.stream.answer.body.toString() ?? ''}`;
    const text = (): string | undefined => responsesIn(bodies()).find((each) => each.id === id)?.text;
    await soon(() => text() !== undefined || (older === null && probe.answer.isComplete), boundMs);
    const answer = text() ?? probe.answer.all.toString();
    probe.close();
    if (answer.includes('public of a file')) return '';
    return answer === '' ? 'a public read got no answer' : `a public read got ${JSON.stringify(answer.slice(0, 300))}`;
  }

  /** The session of the older transport on this tap. */
  async #openOlder(prefix: string): Promise<OlderSession> {
    if (this.#older !== null) return this.#older;
    const { port, host } = this.#address;
    const head = [`Host: ${host}`, 'Accept: text/event-stream'];
    const stream = this.#send(Number(port), [requestBytes('GET', `${prefix}/sse`, head)]);
    const path = (): string | undefined =>
      /^data: *(?:http:\/\/[^/]+)?(\/\S+)/m.exec(stream.answer.body.toString())?.[1];
    await soon(() => path() !== undefined, boundMs);
    this.#older = { stream, path: path() ?? '' };
    const { post } = this.#requests({ path: this.#older.path, prefix, host, session: '' });
    const begun = this.#send(Number(port), [post(initialize)]);
    await this.#ended(begun);
    await soon(() => responsesIn(stream.answer.body.toString()).length > 0, boundMs);
    return this.#older;
  }

  async #ended(exchange: RawExchange): Promise<RawAnswer> {
    await soon(() => exchange.answer.isComplete, boundMs);
    exchange.close();
    return exchange.answer;
  }
}

/** A session of the older transport. */
interface OlderSession {
  readonly stream: RawExchange;
  /** Where its messages go. */
  readonly path: string;
}

/** Where a request of a case goes. */
export interface HttpTarget {
  /** Path of the server's address behind the token. */
  readonly path: string;
  /** The token alone. */
  readonly prefix: string;
  readonly host: string;
  /** Id of the session; empty for none. */
  readonly session: string;
}

/** Makes the requests of a case. */
export interface HttpRequests extends HttpTarget {
  /** The headers of every request. */
  readonly usual: readonly string[];
  readonly post: (body: string | Buffer, more?: readonly string[]) => Buffer;
  readonly request: (method: string, path: string, body: string | Buffer, more?: readonly string[]) => Buffer;
  readonly listen: (more?: readonly string[]) => Buffer;
}
