// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

export const AUDIENCE = 'https://gateway.example/clusters';
/** The tests' clock stands here: 2026-11-24T00:00:00Z. */
export const NOW_SECONDS = 1_795_478_400;

export interface SigningKey {
  readonly kid: string;
  readonly alg: 'ES256' | 'RS256';
  readonly privateKey: KeyObject;
  /** What an issuer publishes of it. */
  readonly jwk: Record<string, unknown>;
}

export function signingKey(kid: string, alg: 'ES256' | 'RS256' = 'ES256', modulusLength = 2048): SigningKey {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength });
  const jwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return { kid, alg, privateKey, jwk };
}

export function encodePart(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

export function signBytes(input: string, key: SigningKey): Buffer {
  return sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
}

/** A token of exactly these parts: texts stand as they are, objects as their JSON. */
export function signToken(header: unknown, payload: unknown, key: SigningKey): string {
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  return `${input}.${signBytes(input, key).toString('base64url')}`;
}

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** An issuer on loopback: a real server, whose documents and manners a test may change. */
export interface TestIssuer {
  readonly url: string;
  keys: Record<string, unknown>[];
  discovery: Record<string, unknown>;
  /** Takes the place of the usual answer for a path. */
  readonly answers: Map<string, Answer>;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

function sendJson(response: http.ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}

export async function startIssuer(
  keys: readonly SigningKey[],
  tls?: { readonly key: string; readonly cert: string },
  port = 0,
): Promise<TestIssuer> {
  const answer: Answer = (request, response) => {
    const path = request.url ?? '';
    issuer.requests.push(path);
    const special = issuer.answers.get(path);
    if (special) special(request, response);
    else if (path === '/.well-known/openid-configuration') sendJson(response, issuer.discovery);
    else if (path === '/keys') sendJson(response, { keys: issuer.keys });
    else response.writeHead(404).end();
  };
  const server = tls ? https.createServer(tls, answer) : http.createServer(answer);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer: TestIssuer = {
    url,
    keys: keys.map(({ jwk }) => jwk),
    discovery: { issuer: url, jwks_uri: `${url}/keys` },
    answers: new Map(),
    requests: [],
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return issuer;
}
