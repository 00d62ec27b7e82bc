// SPDX-License-Identifier: Apache-2.0

/** What a receiver may choose between. */
export const TOPICS = [
  'approvals',
  'grants',
  'locks',
  'break-glass',
  'denials',
  'undecided',
  'first-use',
  'log',
] as const;
export type Topic = (typeof TOPICS)[number];

/** Everything that is told, with the topic that it belongs to. */
export const NOTICE_TOPICS = {
  'approval-asked': 'approvals',
  'approval-countersigned': 'approvals',
  'approval-denied': 'approvals',
  'approval-withdrawn': 'approvals',
  'approval-expired': 'approvals',
  'grant-asked': 'grants',
  'grant-countersigned': 'grants',
  'grant-denied': 'grants',
  'grant-ended': 'grants',
  lock: 'locks',
  unlock: 'locks',
  'break-glass-opened': 'break-glass',
  'break-glass-used': 'break-glass',
  'break-glass-ended': 'break-glass',
  denials: 'denials',
  undecided: 'undecided',
  'first-use': 'first-use',
  'log-failed': 'log',
  'log-low-space': 'log',
} as const satisfies Readonly<Record<string, Topic>>;

export type NoticeType = keyof typeof NOTICE_TOPICS;

const URGENT: ReadonlySet<Topic> = new Set<Topic>(['break-glass', 'locks', 'log']);

/** Whether it goes before all else that waits to be sent, and has room when nothing else has. */
export function isUrgent(type: NoticeType): boolean {
  return URGENT.has(NOTICE_TOPICS[type]);
}

/**
 * What is told of it. It leaves the organisation's hands, so there is no person in it, no name of an object, no word of an
 * agent's own, no value and no change: who may see those, sees them where the link leads. Agents choose what they ask for,
 * so namespace, verb and resource may be any text.
 */
export interface NoticeFacts {
  readonly agent?: string;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly verb?: string;
  /** `configmaps`, `deployments.apps`, `deployments.apps/scale`. */
  readonly resource?: string;
  /** `<set>/<id>`: those that decided. */
  readonly rules?: readonly string[];
  /** Of whom a countersignature is awaited. */
  readonly groups?: readonly string[];
  readonly approval?: string;
  readonly grant?: string;
  readonly exchange?: string;
  readonly fault?: string;
  readonly lock?: 'agent' | 'session' | 'owner' | 'connector' | 'cluster';
  /** What a lock is on, but for an owner, who is a person. */
  readonly target?: string;
  readonly expiresAt?: string;
  /** How many there were, within `seconds`. */
  readonly count?: number;
  readonly seconds?: number;
}

export interface Notice {
  /** By which receivers know one that they have had: letters, digits and dashes. */
  readonly id: string;
  readonly type: NoticeType;
  /** When it was noticed, RFC 3339 UTC. */
  readonly at: string;
  readonly about: NoticeFacts;
}
