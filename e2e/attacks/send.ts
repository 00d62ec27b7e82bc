// SPDX-License-Identifier: Apache-2.0
import { connect, constants } from 'node:http2';
import type { GoldenAttack, PlainRequest, Transport } from '../../conformance/golden-attacks.ts';
import { decodeFrames, encodeFrame, encodeHeaders, FLAG, FRAME, PREFACE } from '../fixtures/http2-frames.ts';
import { type RawAddress, RawConnection } from '../fixtures/raw-connection.ts';
import { eventually } from '../installation/eventually.ts';

/** A stream has said enough by then. */
const GOES_ON_MS = 1_000;
const WAIT_MS = 20_000;

/** What came back. */
export interface Came {
  readonly answer: number | 'reset' | 'closed';
  readonly body: string;
  /** The request id that the gateway gave; "" where none can be read. */
  readonly id: string;
  /** Whether the connection is over, and how many answers came before that. */
  readonly closes: boolean;
  readonly answers: number;
  /** Of what a client of HTTP/2 sent without an answer: how that ended. */
  readonly ended?: string;
}

/** Where an attack goes, and with which credential. */
export interface Aim {
  readonly address: RawAddress;
  readonly prefix: string;
  readonly token: string;
}

function filled(text: string, { prefix, token }: Aim): string {
  return text.replaceAll('$PREFIX', prefix).replaceAll('$TOKEN', token);
}

/** Sends the request of a golden case as it stands, and waits for what comes of it. */
export function send({ request }: Pick<GoldenAttack, 'request'>, over: Transport, aim: Aim): Promise<Came> {
  switch (request.form) {
    case 'bytes':
      return sendBytes(filled(request.text, aim), false, aim);
    case 'fields':
      return sendFields(
        request.fields.map(([name, value]) => [name, filled(value, aim)] as const),
        aim,
      );
    case 'plain':
      if (over === 'HTTP/2') return sendStream(request, aim);
      return sendBytes(plainBytes(request, aim), request.method === 'HEAD', aim);
  }
}

function hasFraming({ headers }: PlainRequest): boolean {
  return headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name));
}

function plainBytes(request: PlainRequest, aim: Aim): string {
  const { method, target, headers, body } = request;
  const length: [string, string][] =
    body === undefined || hasFraming(request) ? [] : [['Content-Length', `${body.length}`]];
  const all = [['Host', 'gateway'], ['Authorization', `Bearer ${aim.token}`], ...headers, ...length];
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${aim.prefix}${target} HTTP/1.1\r\n${lines}\r\n${body ?? ''}`;
}

/** Writes bytes over HTTP/1.1; what closes after its answer is waited for. */
async function sendBytes(bytes: string, isHead: boolean, { address }: Aim): Promise<Came> {
  const connection = await RawConnection.tls(address, 'http/1.1');
  try {
    connection.write(bytes);
    const { status, headers, body, goesOn } = await connection.answer({ isHead, goesOnMs: GOES_ON_MS });
    const closes = headers.connection === 'close';
    if (closes && !goesOn) await connection.closed();
    const answers = connection.received.toString('latin1').match(/^HTTP\/1\.1 [2-5]/gm)?.length ?? 0;
    return { answer: status, body, id: headers['audit-id'] ?? '', closes, answers };
  } finally {
    connection.destroy();
  }
}

/**
 * Sends a request by a client of HTTP/2 that checks as little as it can.
 *
 * @throws Error of Node's, with its code, for what that client refuses to send.
 */
async function sendStream({ method, target, headers, body }: PlainRequest, aim: Aim): Promise<Came> {
  const origin = `https://127.0.0.1:${aim.address.port}`;
  const session = connect(origin, { ca: aim.address.ca, maxSendHeaderBlockLength: 1_000_000 });
  const ends: string[] = [];
  session.on('error', ({ message }) => ends.push(message));
  session.on('goaway', (code) => ends.push(`its session was ended with code ${code}`));
  try {
    const head = [':method', method, ':scheme', 'https', ':authority', 'gateway', ':path', `${aim.prefix}${target}`];
    head.push('authorization', `Bearer ${aim.token}`);
    for (const [name, value] of headers) head.push(name.toLowerCase(), value);
    const stream = session.request(head, { endStream: body === undefined });
    const came = { status: 0, id: '', chunks: [] as Buffer[] };
    stream.on('error', () => {});
    stream.on('response', (answer) => {
      setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), GOES_ON_MS).unref();
      came.status = answer[':status'] ?? 0;
      came.id = String(answer['audit-id'] ?? '');
    });
    stream.on('data', (chunk: Buffer) => came.chunks.push(chunk));
    const closed = new Promise<void>((resolve) => stream.on('close', resolve));
    const timer = setTimeout(() => {
      ends.push(`nothing came in ${WAIT_MS} ms`);
      session.destroy();
    }, WAIT_MS);
    if (body !== undefined) stream.end(Buffer.from(body, 'latin1'));
    await closed;
    clearTimeout(timer);
    const text = Buffer.concat(came.chunks).toString();
    const ended = [`it was reset with code ${stream.rstCode}`, ...ends].join(', ');
    if (came.status === 0) return { answer: 'reset', body: text, id: '', closes: false, answers: 0, ended };
    return { answer: came.status, body: text, id: came.id, closes: false, answers: 1 };
  } finally {
    session.destroy();
  }
}

/** Sends one head of HTTP/2 field by field, as no client would. Of its answer only the body can be read. */
async function sendFields(fields: readonly (readonly [string, string])[], { address }: Aim): Promise<Came> {
  const connection = await RawConnection.tls(address, 'h2');
  try {
    const settings = encodeFrame(FRAME.settings, 0, 0, Buffer.alloc(0));
    const head = encodeFrame(FRAME.headers, FLAG.endStream | FLAG.endHeaders, 1, encodeHeaders(fields));
    connection.write(Buffer.concat([PREFACE, settings, head]));
    const found = await eventually('an answer, a reset or the end', () => {
      const frames = decodeFrames(connection.received).filter(({ stream }) => stream === 1);
      const data = frames.filter(({ type }) => type === FRAME.data);
      if (data.length > 0) return Buffer.concat(data.map(({ payload }) => payload)).toString();
      if (frames.some(({ type }) => type === FRAME.resetStream)) return 'reset';
      return connection.isClosed ? 'closed' : undefined;
    });
    if (found === 'reset' || found === 'closed') return { answer: found, body: '', id: '', closes: false, answers: 0 };
    const status = /"code":(\d{3})/.exec(found)?.[1] ?? '200';
    return { answer: Number(status), body: found, id: '', closes: false, answers: 1 };
  } finally {
    connection.destroy();
  }
}
