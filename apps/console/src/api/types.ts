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
  readonly expiresAt: string;
  /** How many passkeys this person has registered. */
  readonly passkeys: number;
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
  readonly owner: string;
  readonly purpose: string;
  readonly state: 'enabled' | 'disabled';
  readonly clusters: Readonly<Record<string, unknown>>;
  readonly expiresAt?: string;
}

export interface Cluster {
  readonly name: string;
  readonly description: string;
  readonly connectors: readonly { readonly connector: string; readonly since: string; readonly version: string }[];
}

export type LockKind = 'agent' | 'owner' | 'session' | 'cluster';

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
  readonly index: number;
}

export interface Items<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export type { ApprovalView };
