// SPDX-License-Identifier: Apache-2.0
// What the gateway answers under /api/v1, as far as the console reads it.
import type { ApprovalView } from '@countersign/wire';

export interface Me {
  readonly subject: string;
  readonly issuer: string;
  readonly name?: string;
  readonly email?: string;
  readonly roles: readonly string[];
  readonly approverGroups: readonly string[];
  /** Ids of the agents that this person answers for. */
  readonly agents: readonly string[];
  readonly expiresAt: string;
  /** How many passkeys this person has registered. */
  readonly passkeys: number;
}

export type GrantState = 'pending' | 'active' | 'denied' | 'expired' | 'revoked' | 'withdrawn';

/** What an agent asks for, for a scope and a time. Its words are nobody's but the agent's. */
export interface Grant {
  readonly id: string;
  readonly state: GrantState;
  readonly cluster: string;
  readonly agent: string;
  readonly owner: string;
  readonly purpose: string;
  readonly act: readonly { readonly issuer: string; readonly subject: string }[];
  readonly scope: {
    readonly verbs: readonly string[];
    readonly resources: readonly string[];
    readonly namespaces: readonly string[];
    readonly names?: readonly string[];
    /** `app=web`: all of them. */
    readonly labels?: readonly string[];
  };
  readonly seconds: number;
  /** What rules were known to ask for in its scope; nothing where that hangs on the objects. */
  readonly requirements: readonly {
    readonly rule: { readonly set: string; readonly id: string };
    readonly group: string;
    readonly quorum: number;
  }[];
  readonly missing: ApprovalView['missing'];
  readonly reason: string;
  readonly digest: string;
  readonly askedAt: string;
  /** The owner who asked for the agent; absent where it asked itself. */
  readonly askedBy?: { readonly subject: string };
  readonly expiresAt: string;
  readonly signatures: ApprovalView['signatures'];
  readonly endedBy?: ApprovalView['signatures'][number];
  readonly endedAt?: string;
}

export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

export interface Session {
  readonly id: string;
  readonly cluster: string;
  readonly agent: string;
  readonly owner: string;
  readonly since: string;
  readonly lastAt: string;
  readonly streams: number;
}

export interface Agent {
  readonly id: string;
  readonly source: 'config' | 'api';
  readonly owner: string;
  readonly purpose: string;
  readonly state: 'enabled' | 'disabled';
  readonly clusters: Readonly<Record<string, unknown>>;
  readonly expiresAt?: string;
}

export interface Cluster {
  readonly name: string;
  readonly source: 'config' | 'api';
  readonly state: 'enabled' | 'disabled';
  readonly description: string;
  readonly expiresAt?: string;
  readonly connectors: readonly { readonly connector: string; readonly since: string; readonly version: string }[];
}

/** What an operator let on without countersignatures, for a short time. */
export interface BrokenGlass {
  readonly id: string;
  readonly state: Grant['state'];
  readonly cluster: string;
  readonly agent: string;
  readonly owner: string;
  readonly scope?: Grant['scope'];
  readonly seconds: number;
  readonly openedAt: string;
  readonly openedBy?: { readonly subject: string };
  readonly reason?: string;
  readonly expiresAt: string;
  readonly endedAt?: string;
}

export interface PolicyRule {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly file: string;
  readonly line: number;
  readonly reason?: string;
  readonly reveal?: boolean;
  readonly stdin?: 'recorded' | 'unrecorded';
  readonly approval?: {
    readonly group: string;
    readonly quorum: number;
    readonly ttlSeconds?: number;
    readonly ownerMay: boolean;
  };
  readonly text: string;
}

/** A set of rules as it is in force, without what it inherits. */
export interface PolicySet {
  readonly set: string;
  readonly digest: string;
  readonly rules: readonly PolicyRule[];
}

export interface Policies {
  readonly epoch: number;
  readonly digest: string;
  readonly since: string;
  readonly sets: readonly PolicySet[];
}

/** What policy would say of a request that nobody has sent. */
export interface Explained {
  readonly effect: 'allow' | 'ask' | 'deny' | 'undecided';
  readonly rules: readonly string[];
  readonly approvers: readonly { readonly group: string; readonly quorum: number }[];
  readonly summary: string;
  readonly because: readonly string[];
  readonly change: readonly string[];
}

export type LockKind = 'agent' | 'owner' | 'session' | 'connector' | 'cluster';

export interface Lock {
  readonly kind: string;
  readonly target: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

export interface Exchange {
  readonly id: string;
  readonly cluster?: string;
  readonly principal?: string;
  readonly session?: string;
  readonly request?: unknown;
  readonly decision?: { readonly effect: string; readonly rules: readonly string[] };
  readonly fault?: string;
  readonly status?: number;
  readonly state: string;
  readonly at: string;
  readonly index: number;
}

export interface Items<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export type { ApprovalView };
