// SPDX-License-Identifier: Apache-2.0

/** Of an answer that tells whether its request was let through. */
export interface ToldAnswer {
  readonly status: number;
  readonly text: string;
}

/** What the API server itself says of an object only to whom it let that far. */
const OF_OBJECTS = [404, 409, 422];
/** What it says of streams of a pod that has no node, to whom it let that far. */
const OF_STREAMS = /^pod \S+ does not have a host assigned$/;
/** What the gateway says where policy does not let a request through, not yet, or not without `@reveal`. */
const REFUSALS = [
  ...['ERR_POLICY_DENIED', 'ERR_APPROVAL_REQUIRED', 'ERR_EFFECT_UNKNOWN', 'ERR_NO_LANE'],
  'ERR_FORWARD_NOT_MASKABLE',
];
/** How RBAC refuses, a dry run of the gateway's own too. Admission answers 403 too, and only to whom RBAC has let through. */
const BY_RBAC = /User "[^"]*" cannot \w+ (?:resource|path) "/;

/**
 * Whether a request was let through, by an answer that nobody else gets: a success, another protocol, or what the API
 * server itself says of an object; false where policy or RBAC has refused it. Undefined for an answer that proves neither:
 * a limit, an error, a body that nobody understood.
 */
export function wasLetThrough({ status, text }: ToldAnswer): boolean | undefined {
  if (status === 101 || (status >= 200 && status < 300)) return true;
  if (!text.startsWith('{')) return undefined;
  const { kind, message = '', details } = JSON.parse(text);
  if (kind !== 'Status') return undefined;
  const reasons: string[] = details?.causes?.map(({ reason = '' }) => reason) ?? [];
  const cause = reasons.find((reason) => reason.startsWith('ERR_'));
  if (OF_OBJECTS.includes(status) && cause === undefined) return true;
  if (status === 400 && cause === undefined && OF_STREAMS.test(message)) return true;
  if (status !== 403) return undefined;
  const isUpstream = cause === undefined || cause === 'ERR_EFFECT_REFUSED';
  return (isUpstream ? BY_RBAC.test(message) : REFUSALS.includes(cause)) ? false : undefined;
}
