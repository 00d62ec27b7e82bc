// SPDX-License-Identifier: Apache-2.0
import { type IncomingMessage, request } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { ENROLMENT_MAX_BYTES, TUNNEL_REFUSALS, tunnelRefusal } from '@countersign/wire';
import { ConnectorError } from './connector-error.ts';

const ANSWER_TIMEOUT_MS = 15_000;

/** What to ask a gateway in HTTP/1.1, on a connection made for it. */
export interface GatewayQuestion {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A gateway's yes: a body, or a connection that has switched, with what it had sent after the switch put back. */
export type GatewayAnswer =
  | { readonly switched: false; readonly body: string }
  | { readonly switched: true; readonly socket: TLSSocket; readonly headers: IncomingMessage['headers'] };

/**
 * Asks a gateway one thing and uses its connection up.
 * @throws ConnectorError `ERR_CONNECTOR_REFUSED` with the gateway's reason, `ERR_CONNECTOR_GATEWAY_PROTOCOL`,
 * `ERR_CONNECTOR_GATEWAY_UNREACHABLE`
 */
export function askGateway(socket: TLSSocket, question: GatewayQuestion): Promise<GatewayAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(cut(new Error('no answer within 15 s'))), ANSWER_TIMEOUT_MS);
    const asked = request({
      createConnection: () => socket,
      host: 'gateway',
      method: question.method,
      path: question.path,
      headers: question.headers,
    });
    asked.on('error', (cause) => fail(cut(cause)));
    asked.on('upgrade', (response, upgraded, head) => {
      clearTimeout(timer);
      if (head.byteLength > 0) upgraded.unshift(head);
      resolve({ switched: true, socket: upgraded as TLSSocket, headers: response.headers });
    });
    asked.on('response', (response) => {
      readAnswer(response).then(
        (answer) => {
          clearTimeout(timer);
          socket.destroy();
          resolve(answer);
        },
        (error: unknown) => fail(error instanceof ConnectorError ? error : cut(error)),
      );
    });
    asked.end(question.body);
  });
}

function cut(cause: unknown): ConnectorError {
  return new ConnectorError(
    'ERR_CONNECTOR_GATEWAY_UNREACHABLE',
    'the gateway closed the connection without an answer',
    {
      cause,
    },
  );
}

async function readAnswer(response: IncomingMessage): Promise<GatewayAnswer> {
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    body += chunk;
    if (body.length > ENROLMENT_MAX_BYTES) {
      throw new ConnectorError('ERR_CONNECTOR_GATEWAY_PROTOCOL', "the answer is too long to be a gateway's");
    }
  }
  if (response.statusCode === 200) return { switched: false, body };
  throw refusal(response.statusCode ?? 0, body);
}

function refusal(status: number, body: string): ConnectorError {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    value = undefined;
  }
  const known = tunnelRefusal.safeParse(value);
  if (!known.success) {
    const message = `this is not a gateway's tunnel port: HTTP ${status} and no reason`;
    return new ConnectorError('ERR_CONNECTOR_GATEWAY_PROTOCOL', message);
  }
  const { code, message } = known.data;
  return new ConnectorError('ERR_CONNECTOR_REFUSED', `the gateway refused: ${message}`, { refusal: code });
}

/** True when a refusal will be the same next time. */
export function isFinal(error: unknown): boolean {
  return error instanceof ConnectorError && error.refusal !== undefined && TUNNEL_REFUSALS[error.refusal].final;
}
