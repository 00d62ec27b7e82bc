// SPDX-License-Identifier: Apache-2.0
import type { Leaf, LogRecord } from '@countersign/evidence';
import { faults } from '../faults.ts';
import type { NoticeFacts, NoticeType } from './notice.ts';

/** What a record may be a reason to tell. */
export type Sighting =
  | { readonly kind: 'event'; readonly type: NoticeType; readonly about: NoticeFacts }
  /** One agent was refused, so often. */
  | { readonly kind: 'denied'; readonly agent: string; readonly about: NoticeFacts }
  | { readonly kind: 'undecided'; readonly about: NoticeFacts; readonly count: number }
  /** An agent did something that the cluster took. */
  | { readonly kind: 'used'; readonly about: NoticeFacts }
  /** A decision was let on by break-glass. */
  | { readonly kind: 'broke glass'; readonly grant: string; readonly about: NoticeFacts };

type Record = LogRecord | Leaf;
type Of<T extends Record['type']> = Extract<Record, { readonly type: T }>;
type OfExchange = Of<'refusal' | 'answer' | 'answer.start' | 'outcome' | 'stream.start' | 'approval.asked'>;

/** More of them help nobody, and a receiver takes so much. */
const MAX_RULES = 8;
const MAX_TEXT = 128;

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`;
}

function namesOf(rules: readonly { readonly set: string; readonly id: string }[]): readonly string[] {
  return rules.slice(0, MAX_RULES).map(({ set, id }) => cut(`${set}/${id}`));
}

function requestFacts(request: OfExchange['request']): NoticeFacts {
  if (request?.kind !== 'resource') return request === undefined ? {} : { verb: cut(request.verb) };
  const { verb, group, namespace, resource, subresource } = request;
  const plain = group === '' ? resource : `${resource}.${group}`;
  return {
    verb: cut(verb),
    resource: cut(subresource === '' ? plain : `${plain}/${subresource}`),
    ...(namespace === '' ? {} : { namespace: cut(namespace) }),
  };
}

/** Who asked for what; people are not named. */
function exchangeFacts({
  exchange,
  cluster,
  principal,
  request,
}: Pick<OfExchange, 'exchange' | 'cluster' | 'principal' | 'request'>): NoticeFacts {
  return {
    exchange,
    ...(cluster === undefined ? {} : { cluster: cut(cluster) }),
    ...(principal?.kind === 'agent' ? { agent: principal.id } : {}),
    ...requestFacts(request),
  };
}

function event(type: NoticeType, about: NoticeFacts): Sighting {
  return { kind: 'event', type, about };
}

function refusalSighting(record: Of<'refusal'>): Sighting | undefined {
  const { fault, verdict, decision } = record;
  const about = {
    ...exchangeFacts(record),
    fault,
    ...(decision === undefined ? {} : { rules: namesOf(decision.rules) }),
  };
  if (verdict === 'could not evaluate') return { kind: 'undecided', about, count: 1 };
  if (verdict !== 'denied' || about.agent === undefined) return undefined;
  return { kind: 'denied', agent: about.agent, about };
}

/** Those that came before anybody was authenticated are counted: whether they could be evaluated, their fault says. */
function refusalsSighting({ fault, count, cluster, agent }: Of<'refusals'>): Sighting | undefined {
  const row = Object.hasOwn(faults, fault) ? faults[fault as keyof typeof faults] : undefined;
  if (row?.verdict !== 'could not evaluate') return undefined;
  const about = {
    fault,
    ...(cluster === undefined ? {} : { cluster }),
    ...(agent === undefined ? {} : { agent }),
  };
  return { kind: 'undecided', about, count };
}

function usedSighting(record: Of<'answer' | 'answer.start' | 'outcome' | 'stream.start'>): Sighting | undefined {
  const { principal, request } = record;
  if (principal?.kind !== 'agent' || request?.kind !== 'resource') return undefined;
  const isTaken = record.type === 'outcome' ? record.result === 'done' : !('status' in record) || record.status < 400;
  return isTaken ? { kind: 'used', about: exchangeFacts(record) } : undefined;
}

function askedSighting(record: Of<'approval.asked'>): Sighting {
  const { approval, rules, groups, expiresAt } = record;
  return event('approval-asked', {
    ...exchangeFacts(record),
    approval,
    rules: namesOf(rules),
    groups: groups.slice(0, MAX_RULES).map(cut),
    expiresAt,
  });
}

const ENDS = {
  'approval.approved': 'approval-countersigned',
  'approval.denied': 'approval-denied',
  'approval.withdrawn': 'approval-withdrawn',
  'approval.expired': 'approval-expired',
} as const;

function endedSighting({ type, approval, cluster }: Of<keyof typeof ENDS>): Sighting {
  return event(ENDS[type], { approval, ...(cluster === undefined ? {} : { cluster }) });
}

type GrantRecord = Of<
  'grant.asked' | 'grant.approved' | 'grant.denied' | 'grant.expired' | 'grant.revoked' | 'grant.withdrawn'
>;

function grantSighting(record: GrantRecord): Sighting | undefined {
  const { grant, cluster, agent } = record;
  const about = { grant, cluster, agent };
  switch (record.type) {
    case 'grant.asked':
      return event('grant-asked', { ...about, expiresAt: record.expiresAt });
    case 'grant.approved':
      return record.pending ? undefined : event('grant-countersigned', { ...about, expiresAt: record.expiresAt });
    case 'grant.denied':
      return event('grant-denied', about);
    default:
      return event('grant-ended', about);
  }
}

function lockSighting({ type, kind, target }: Of<'lock' | 'unlock'>): Sighting {
  return event(type, { lock: kind, ...(kind === 'owner' ? {} : { target: cut(target) }) });
}

function breakGlassSighting({ action, grant, agent, cluster, expiresAt }: Of<'breakglass'>): Sighting {
  return event(action === 'opened' ? 'break-glass-opened' : 'break-glass-ended', {
    ...(grant === undefined ? {} : { grant }),
    ...(agent === undefined ? {} : { agent }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });
}

/** Whether a decision in a record was let on by break-glass. */
export function breakGlassUse(record: Record): Sighting | undefined {
  if (!('decision' in record) || !record.decision?.breakGlass || record.decision.grant === undefined) return undefined;
  const { grant, rules } = record.decision;
  return { kind: 'broke glass', grant, about: { ...exchangeFacts(record), grant, rules: namesOf(rules) } };
}

/** What of a record people may want to be told, whatever they are told already; most are no reason at all. */
export function sightingOf(record: Record): Sighting | undefined {
  switch (record.type) {
    case 'answer':
    case 'answer.start':
    case 'outcome':
    case 'stream.start':
      return usedSighting(record);
    case 'refusal':
      return refusalSighting(record);
    case 'refusals':
      return refusalsSighting(record);
    case 'approval.asked':
      return askedSighting(record);
    case 'approval.approved':
    case 'approval.denied':
    case 'approval.withdrawn':
    case 'approval.expired':
      return endedSighting(record);
    case 'grant.asked':
    case 'grant.approved':
    case 'grant.denied':
    case 'grant.expired':
    case 'grant.revoked':
    case 'grant.withdrawn':
      return grantSighting(record);
    case 'lock':
    case 'unlock':
      return lockSighting(record);
    case 'breakglass':
      return breakGlassSighting(record);
    default:
      return undefined;
  }
}
