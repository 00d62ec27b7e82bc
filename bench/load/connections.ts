// SPDX-License-Identifier: Apache-2.0
import { type ClientHttp2Session, connect } from 'node:http2';
import { Agent, request } from 'node:https';
import type { Readable } from 'node:stream';
import type { Protocol, Sent, Target } from './load-call.ts';

const STREAM_WINDOW_BYTES = 4 * 1_048_576;
const SESSION_WINDOW_BYTES = 16 * 1_048_576;

/** The head of an answer; its body is still to be read. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/** Connections to one target, open from the first request on. */
export interface Connections {
  /** Sends a request on the connection with this number. */
  ask(connection: number, path: string, headers: Target['headers'], sent?: Sent): Promise<AnswerHead>;
  close(): void;
}

function plainHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function asked(headers: Target['headers'], sent: Sent | undefined) {
  if (sent === undefined) return { method: 'GET', fields: headers };
  const { method, contentType, body } = sent;
  const length = String(Buffer.byteLength(body));
  return { method, fields: { ...headers, 'content-type': contentType, 'content-length': length } };
}

/** One `Agent` a connection, so that each has a socket of its own that stays. */
function http1Connections({ origin, ca, cert, key }: Target): Connections {
  const agents = new Map<number, Agent>();
  const identity = cert === undefined || key === undefined ? {} : { cert, key };
  const open = (connection: number): Agent => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca, ...identity });
    agents.set(connection, agent);
    return agent;
  };
  return {
    ask: (connection, path, headers, sent) =>
      new Promise((resolve, reject) => {
        const agent = agents.get(connection) ?? open(connection);
        const { method, fields } = asked(headers, sent);
        const outgoing = request(`${origin}${path}`, { agent, method, headers: fields }, (body) =>
          resolve({ status: body.statusCode ?? 0, headers: plainHeaders(body.headers), body }),
        );
        outgoing.on('error', reject);
        outgoing.end(sent?.body);
      }),
    close: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function http2Connections({ origin, ca, cert, key }: Target): Connections {
  const sessions = new Map<number, ClientHttp2Session>();
  const identity = cert === undefined || key === undefined ? {} : { cert, key };
  const open = (connection: number): ClientHttp2Session => {
    const settings = { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES };
    const session = connect(origin, { ca, ...identity, settings });
    // What goes wrong with a session goes wrong with its streams, too.
    session.on('error', () => {});
    session.once('connect', () => session.setLocalWindowSize(SESSION_WINDOW_BYTES));
    sessions.set(connection, session);
    return session;
  };
  /** An API server closes what was idle for long: between two measurements it may be. */
  const sessionOf = (connection: number): ClientHttp2Session => {
    const found = sessions.get(connection);
    return found && !found.closed && !found.destroyed ? found : open(connection);
  };
  return {
    ask: (connection, path, headers, sent) =>
      new Promise((resolve, reject) => {
        const session = sessionOf(connection);
        const { method, fields } = asked(headers, sent);
        const body = session.request(
          { ...fields, ':method': method, ':path': path },
          { endStream: sent === undefined },
        );
        body.on('error', reject);
        body.once('close', () => reject(new TypeError('the stream was closed before an answer')));
        body.once('response', (answer) =>
          resolve({ status: answer[':status'] ?? 0, headers: plainHeaders(answer), body }),
        );
        if (sent !== undefined) body.end(sent.body);
      }),
    close: () => {
      for (const session of sessions.values()) session.destroy();
    },
  };
}

export function openConnections(protocol: Protocol, target: Target): Connections {
  return protocol === 'h1' ? http1Connections(target) : http2Connections(target);
}
