// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { KubeRequest } from '@countersign/kube';
import { upstreamUser } from '@countersign/wire';
import type { Exchange, Identified, MadeDecision } from '../exchange.ts';
import { principalOf } from './principal.ts';

type Intent = Extract<LogRecord, { type: 'intent' }>;
type Sealed = NonNullable<LogRecord['sealed']>;
export type ExchangeFacts = Pick<
  Intent,
  'exchange' | 'parent' | 'retryOf' | 'session' | 'cluster' | 'principal' | 'request'
>;

/** A `Date` as records write times: RFC 3339, UTC, microseconds. */
export function recordTime(at: Date): string {
  return at.toISOString().replace('Z', '000Z');
}

function requestOf(request: KubeRequest, { lane, body, dryRun = false }: Exchange): NonNullable<Intent['request']> {
  const known = lane === undefined ? {} : { lane };
  if (request.kind === 'non-resource')
    return { kind: 'non-resource', ...known, verb: request.verb, path: request.path };
  const { verb, group, version, namespace, resource, subresource } = request;
  const name = body?.target?.name ?? request.name;
  return { kind: 'resource', ...known, verb, group, version, namespace, resource, subresource, name, dryRun };
}

/** What every record of an exchange says, as far as the exchange has come. */
export function exchangeFacts(exchange: Exchange): ExchangeFacts {
  const { id, parent, retryOf, session, cluster, principal, token, request } = exchange;
  return {
    exchange: id,
    ...(parent === undefined ? {} : { parent }),
    ...(retryOf === undefined ? {} : { retryOf }),
    cluster,
    ...(session === undefined ? {} : { session }),
    ...(principal === undefined ? {} : { principal: principalOf(principal, token) }),
    ...(request === undefined ? {} : { request: requestOf(request, exchange) }),
  };
}

/** What an exchange is upstream. */
export function impersonatedOf({ principal, upstreamGroups }: Pick<Identified, 'principal' | 'upstreamGroups'>) {
  return { user: upstreamUser(principal.id), groups: [...upstreamGroups] };
}

/** What sealed fields take; HTTP/2 takes any word for a method. */
const MAX_METHOD = 64;
const MAX_TARGET = 65_536;

/** A text that a caller chose, at most so long: no record may fail for it. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** The personal details of an exchange, which go beside its first record. */
export function sealedFacts(exchange: Exchange): Sealed {
  const { incoming, headers } = exchange;
  return {
    source: { address: incoming.remoteAddress, port: incoming.remotePort },
    method: cut(incoming.method, MAX_METHOD),
    target: cut(incoming.target, MAX_TARGET),
    ...(headers.userAgent === undefined ? {} : { userAgent: headers.userAgent }),
    ...(exchange.principal?.purpose ? { purpose: exchange.principal.purpose } : {}),
    ...(exchange.made === undefined ? {} : { input: sealedInput(exchange.made) }),
  };
}

/** What a decision was made of: JSON, but for members that are undefined, which the log's one spelling leaves out. */
export function sealedInput({ input }: MadeDecision): Sealed['input'] {
  return input as unknown as Sealed['input'];
}

/** A decision as records have it; what it was made of is sealed beside and committed to. */
export function decisionOf({
  id,
  decision,
  grant,
  breakGlass,
  occasion = 'request',
}: MadeDecision): NonNullable<Intent['decision']> {
  const { effect, policyDigest } = decision;
  const rules = decision.rules.map(({ set, id: rule }) => ({ set, id: rule }));
  const common = { id, occasion, effect, rules, policyDigest };
  switch (effect) {
    case 'allow':
      return { ...common, reveal: decision.reveal };
    case 'ask':
      return {
        ...common,
        reveal: decision.reveal,
        approvals: decision.approvals.map(approvalOf),
        ...(grant === undefined ? {} : { grant }),
        ...(breakGlass ? { breakGlass } : {}),
      };
    case 'deny':
      return { ...common, reason: decision.reason };
    case 'undecided':
      return { ...common, reason: 'undecided' };
  }
}

function approvalOf({
  rule,
  group,
  quorum,
  ttlSeconds,
}: Extract<MadeDecision['decision'], { effect: 'ask' }>['approvals'][number]) {
  return { rule: { set: rule.set, id: rule.id }, group, quorum, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) };
}
