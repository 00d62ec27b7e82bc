// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { type EnrolmentResponse, enrolmentRequest, renewalRequest } from '@countersign/wire';
import type { Store } from '../store/store.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { redeemJoinToken } from './join-token.ts';
import { assertClusterIn, identifyConnector, type PresentedCertificate } from './standing.ts';
import { TunnelRefusedError } from './tunnel-error.ts';
import type { ConnectorIdentity, TunnelEvent } from './tunnel-event.ts';

/** What enrolment works with. */
export interface EnrolmentOffice {
  readonly store: Store;
  readonly authority: CertificateAuthority;
  readonly now: () => Date;
  readonly certificateLifeMs: number;
  /** Resolves when the event is on record; rejecting refuses what it was about. */
  readonly record: (event: TunnelEvent) => Promise<void>;
}

/**
 * Answers `POST /v1/enrol`: the join token says for which cluster, the gateway names the connector, and of the signing
 * request nothing counts but its key. A refused signing request does not use the token up.
 * @throws TunnelRefusedError
 */
export async function enrol(office: EnrolmentOffice, body: unknown, source: string): Promise<EnrolmentResponse> {
  const request = enrolmentRequest.safeParse(body);
  if (!request.success) throw malformed('an enrolment');
  await office.authority.assertSigningRequest(request.data.csr);
  const now = office.now();
  const { id: token, cluster } = await redeemJoinToken(office.store.joinTokens, request.data.token, now);
  assertClusterIn(await office.store.clusters.get(cluster), cluster, now);
  const connector = `${cluster}-${randomBytes(5).toString('hex')}`;
  const issued = await issue(office, { connector, cluster }, request.data.csr);
  await office.record({ ...issued.identity, type: 'enrolled', source, token });
  return issued.response;
}

/**
 * Answers `POST /v1/renew`: the same connector, a new key, a later end.
 * @throws TunnelRefusedError
 */
export async function renew(
  office: EnrolmentOffice,
  body: unknown,
  presented: PresentedCertificate,
  source: string,
): Promise<EnrolmentResponse> {
  const { connector, cluster, serial } = await identifyConnector(office.store, presented, office.now());
  const request = renewalRequest.safeParse(body);
  if (!request.success) throw malformed('a renewal');
  const issued = await issue(office, { connector, cluster }, request.data.csr);
  await office.record({ ...issued.identity, type: 'renewed', source, previousSerial: serial });
  return issued.response;
}

function malformed(what: string): TunnelRefusedError {
  return new TunnelRefusedError('ERR_TUNNEL_REQUEST', `the body is not ${what} of version 1`);
}

async function issue(
  office: EnrolmentOffice,
  who: { readonly connector: string; readonly cluster: string },
  csr: string,
): Promise<{ readonly identity: ConnectorIdentity; readonly response: EnrolmentResponse }> {
  const now = office.now();
  const serial = newSerial();
  // A certificate counts in whole seconds; the record must not outlive it.
  const end = new Date(Math.floor((now.getTime() + office.certificateLifeMs) / 1_000) * 1_000);
  const certificate = await office.authority.issueConnector(csr, { ...who, serial, notAfter: end }, now);
  const notAfter = end.toISOString();
  const inserted = await office.store.certificates.insert(serial, { ...who, notAfter });
  if (!inserted) throw new TunnelRefusedError('ERR_TUNNEL_UNAVAILABLE', 'the new certificate could not be stored');
  const response = { version: 1 as const, ...who, certificate, ca: office.authority.certificate, notAfter };
  return { identity: { ...who, serial, notAfter }, response };
}

/** 126 random bits. The fixed first bits keep the number positive and its length even, so that all tools print it alike. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
