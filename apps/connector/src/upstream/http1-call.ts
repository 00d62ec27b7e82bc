// SPDX-License-Identifier: Apache-2.0
import { Agent, request as requestHttps } from 'node:https';
import { responseHeaderLines } from '@countersign/wire';
import { UpstreamError } from '../connector-error.ts';
import type { ClusterCredential } from '../credential/cluster-credential.ts';
import { isCertificateError } from '../dial.ts';
import type { UpstreamCall, UpstreamRequest } from './answer.ts';
import { authorityOf, upstreamTls } from './connect.ts';

const MAX_SOCKETS = 1_024;
const MAX_FREE_SOCKETS = 32;

/** Keep-alive connections to an API server that speaks HTTP/1.1 only. */
export function http1Agent(credential: ClusterCredential): Agent {
  return new Agent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    maxFreeSockets: MAX_FREE_SOCKETS,
    ALPNProtocols: ['http/1.1'],
    ...upstreamTls(credential),
  });
}

/** Header lines as node:http wants them, with the connector's own credential at the end. */
export function http1Headers(credential: ClusterCredential, request: Pick<UpstreamRequest, 'headers'>): string[] {
  const head = ['host', authorityOf(credential)];
  for (const [name, value] of request.headers) head.push(name, value);
  if (credential.token !== undefined) head.push('authorization', `Bearer ${credential.token}`);
  return head;
}

/** Sends a request over HTTP/1.1. */
export function callOverHttp1(agent: Agent, credential: ClusterCredential, request: UpstreamRequest): UpstreamCall {
  const outgoing = requestHttps({
    agent,
    host: credential.host,
    port: credential.port,
    method: request.method,
    path: `${credential.basePath}${request.target}`,
    headers: http1Headers(credential, request),
  });
  let connected = false;
  outgoing.once('socket', (socket) => {
    connected = outgoing.reusedSocket;
    socket.once('secureConnect', () => {
      connected = true;
    });
  });
  const answer = new Promise<Awaited<UpstreamCall['answer']>>((resolve, reject) => {
    outgoing.once('error', (cause) => {
      const untrusted = isCertificateError(cause);
      const problem = connected ? 'upstream-cut' : untrusted ? 'upstream-untrusted' : 'upstream-unreachable';
      reject(new UpstreamError(problem, connected, { cause }));
    });
    outgoing.once('response', (response) => {
      response.on('error', () => {});
      resolve({
        status: response.statusCode ?? 0,
        lines: responseHeaderLines(response.rawHeaders),
        body: response,
        isWhole: () => response.complete,
      });
    });
  });
  if (request.body) request.body.pipe(outgoing);
  else outgoing.end();
  return { answer, cancel: () => void outgoing.destroy() };
}
