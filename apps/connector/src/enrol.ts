// SPDX-License-Identifier: Apache-2.0
import 'reflect-metadata';
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { type EnrolmentResponse, enrolmentResponse, parseJoinToken, TUNNEL_PATHS } from '@countersign/wire';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { ConnectorError } from './connector-error.ts';
import { dialGateway } from './dial.ts';
import type { GatewayAddress } from './gateway-address.ts';
import { askGateway } from './gateway-request.ts';
import type { Identity } from './identity.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/**
 * Uses a join token for a certificate over a new key, which never leaves this process but for the state directory.
 * @throws ConnectorError `ERR_CONNECTOR_TOKEN` before anything is sent, `ERR_CONNECTOR_REFUSED`, and those of the dial
 */
export async function enrol(address: GatewayAddress, ca: string, token: string, now: () => Date): Promise<Identity> {
  if (!parseJoinToken(token)) {
    throw new ConnectorError('ERR_CONNECTOR_TOKEN', 'this is not a join token: it has the form csj_<cluster>_<secret>');
  }
  const made = await makeKey();
  const issued = await certified(address, made.key, {
    ca,
    path: TUNNEL_PATHS.enrol,
    body: { version: 1, token, csr: made.csr },
  });
  return { ...issued, obtainedAt: now().toISOString() };
}

/**
 * A certificate over a new key for the connector that the present certificate names.
 * @throws ConnectorError `ERR_CONNECTOR_REFUSED`, and those of the dial
 */
export async function renew(address: GatewayAddress, present: Identity, now: () => Date): Promise<Identity> {
  const made = await makeKey();
  const issued = await certified(address, made.key, {
    ca: present.ca,
    client: present,
    path: TUNNEL_PATHS.renew,
    body: { version: 1, csr: made.csr },
  });
  return { ...issued, obtainedAt: now().toISOString() };
}

async function makeKey(): Promise<{ key: string; csr: string }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=connector',
    keys,
    signingAlgorithm: ALGORITHM,
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: der, type: 'pkcs8', format: 'der' });
  return { key: key.export({ type: 'pkcs8', format: 'pem' }) as string, csr: csr.toString('pem') };
}

async function certified(
  address: GatewayAddress,
  key: string,
  ask: { ca: string; client?: Identity; path: string; body: unknown },
): Promise<Omit<Identity, 'obtainedAt'>> {
  const socket = await dialGateway(address, ask.ca, ask.client);
  const answer = await askGateway(socket, {
    method: 'POST',
    path: ask.path,
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(ask.body),
  });
  const response = answer.switched ? undefined : enrolmentResponse.safeParse(parseJson(answer.body)).data;
  if (!response || !isFor(response, key, ask.ca)) {
    throw new ConnectorError('ERR_CONNECTOR_GATEWAY_PROTOCOL', 'the gateway answered with no certificate for our key');
  }
  const { connector, cluster, certificate } = response;
  return { connector, cluster, certificate, key, ca: ask.ca };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFor(response: EnrolmentResponse, key: string, ca: string): boolean {
  try {
    const certificate = new X509Certificate(response.certificate);
    return certificate.checkPrivateKey(createPrivateKey(key)) && certificate.verify(new X509Certificate(ca).publicKey);
  } catch {
    return false;
  }
}
