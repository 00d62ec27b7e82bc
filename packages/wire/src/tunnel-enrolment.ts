// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** Longest body that enrolment, renewal and refusals have, in bytes. */
export const ENROLMENT_MAX_BYTES = 16 * 1024;

const pem = z.string().max(8 * 1024);

/** `POST /v1/enrol`. The subject of the signing request is ignored: the token says who the connector is. */
export const enrolmentRequest = z.strictObject({
  version: z.literal(1),
  token: z.string().max(256),
  csr: pem,
});
export type EnrolmentRequest = z.infer<typeof enrolmentRequest>;

/** `POST /v1/renew`, with the present client certificate: the new one is for the same connector and cluster. */
export const renewalRequest = z.strictObject({ version: z.literal(1), csr: pem });
export type RenewalRequest = z.infer<typeof renewalRequest>;

/** What enrolment and renewal answer with 200. Certificates are PEM; `notAfter` is RFC 3339 UTC. */
export const enrolmentResponse = z.strictObject({
  version: z.literal(1),
  connector: z.string().max(253),
  cluster: z.string().max(253),
  certificate: pem,
  ca: pem,
  notAfter: z.iso.datetime(),
});
export type EnrolmentResponse = z.infer<typeof enrolmentResponse>;

/** Every way in which the tunnel listener says no, with its HTTP status. `final`: the same request never succeeds. */
export const TUNNEL_REFUSALS = {
  ERR_TUNNEL_REQUEST: { status: 400, final: true },
  ERR_TUNNEL_NOT_FOUND: { status: 404, final: true },
  ERR_TUNNEL_VERSION: { status: 426, final: false },
  ERR_TUNNEL_TOKEN_UNKNOWN: { status: 403, final: true },
  ERR_TUNNEL_TOKEN_USED: { status: 403, final: true },
  ERR_TUNNEL_TOKEN_EXPIRED: { status: 403, final: true },
  ERR_TUNNEL_CSR: { status: 400, final: true },
  ERR_TUNNEL_CLUSTER: { status: 403, final: false },
  ERR_TUNNEL_DISABLED: { status: 403, final: false },
  ERR_TUNNEL_LOCKED: { status: 403, final: false },
  ERR_TUNNEL_CERTIFICATE: { status: 403, final: true },
  ERR_TUNNEL_REVOKED: { status: 403, final: true },
  ERR_TUNNEL_RATE: { status: 429, final: false },
  ERR_TUNNEL_FULL: { status: 503, final: false },
  ERR_TUNNEL_UNAVAILABLE: { status: 503, final: false },
} as const;

export type TunnelRefusalCode = keyof typeof TUNNEL_REFUSALS;

/** Body of every refusal: `{"code":"ERR_TUNNEL_VERSION","message":"this gateway speaks tunnel version 1"}`. */
export const tunnelRefusal = z.object({
  code: z.enum(Object.keys(TUNNEL_REFUSALS) as [TunnelRefusalCode, ...TunnelRefusalCode[]]),
  message: z.string().max(1_024),
});
export type TunnelRefusal = z.infer<typeof tunnelRefusal>;

/** A cluster's name as it stands in paths, tokens and certificates: 1 to 63 of `a-z 0-9 -`, alphanumeric at both ends. */
const CLUSTER_NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const JOIN_SECRET = /^[A-Za-z0-9_-]{43}$/;

/** A join token taken apart. `secret` is 32 random bytes in base64url; only its hash is ever stored. */
export interface JoinToken {
  readonly cluster: string;
  readonly secret: string;
}

/** The text form, `csj_<cluster>_<secret>`. */
export function formatJoinToken(token: JoinToken): string {
  return `csj_${token.cluster}_${token.secret}`;
}

/** The parts of a join token, or undefined when the text isn't one. */
export function parseJoinToken(text: string): JoinToken | undefined {
  if (!text.startsWith('csj_')) return undefined;
  const border = text.indexOf('_', 4);
  if (border < 0) return undefined;
  const token = { cluster: text.slice(4, border), secret: text.slice(border + 1) };
  return CLUSTER_NAME.test(token.cluster) && JOIN_SECRET.test(token.secret) ? token : undefined;
}

/**
 * The URI in a connector's certificate that binds it to its cluster,
 * `countersign://clusters/<cluster>/connectors/<connector>`.
 */
export function connectorUri(cluster: string, connector: string): string {
  return `countersign://clusters/${cluster}/connectors/${connector}`;
}
