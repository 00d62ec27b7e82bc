// SPDX-License-Identifier: Apache-2.0
import type { ApprovalDocument } from '../approvals/approval.ts';
import type { ExchangeSummary } from '../control/exchange-index.ts';
import type { GrantDocument } from '../grants/grant.ts';
import type { Limits } from '../limits/agent-limits.ts';
import type { Notice } from '../notifications/notice.ts';

/** A stored value with the version that `replace` and `remove` compare: 1 when inserted, one more at each replacement. */
export interface Versioned<T> {
  readonly id: string;
  readonly version: number;
  readonly value: T;
}

/** What versions are asked of: some, or those that come after an id, in order, at most `limit`. */
export type VersionsOf = { readonly ids: readonly string[] } | { readonly after: string; readonly limit: number };

/**
 * Documents of one kind, each under an id of 1 to 256 bytes. Implementations MUST be linearizable per id, MUST make a
 * resolved change durable, and MUST reject with a `StoreError` rather than answer from doubt.
 */
export interface Collection<T> {
  get(id: string): Promise<Versioned<T> | undefined>;
  /** In order of id; `after` and `before` are exclusive; at most `limit` (default 1,000). */
  list(page?: {
    readonly after?: string;
    readonly before?: string;
    readonly limit?: number;
  }): Promise<readonly Versioned<T>[]>;
  /** The versions of those that are there, without reading them; 1,000 ids at most. */
  versions(of: VersionsOf): Promise<ReadonlyMap<string, number>>;
  /** False, and nothing changed, when the id is taken. */
  insert(id: string, value: T): Promise<boolean>;
  /** False, and nothing changed, when the stored version is not `version`. */
  replace(id: string, version: number, value: T): Promise<boolean>;
  /** False, and nothing changed, when the stored version is not `version`. */
  remove(id: string, version: number): Promise<boolean>;
  /** Removes all whose id comes before this one, whatever their version, without reading them; returns how many. */
  removeBefore(id: string): Promise<number>;
}

/** The gateway's state apart from its log: one contract, one suite that every driver passes. */
export interface Store {
  readonly agents: Collection<AgentDocument>;
  /** Under the ids of agents; of those that have called. */
  readonly agentUses: Collection<UseDocument>;
  /** Under the digest of the token that each was known by. */
  readonly formerAgents: Collection<FormerAgentDocument>;
  /** Under the owners, as agents' entries name them: of those who are gone. */
  readonly goneOwners: Collection<GoneOwnerDocument>;
  /** Under the owners, as agents' entries name them: when they were last logged in. */
  readonly ownerUses: Collection<UseDocument>;
  readonly clusters: Collection<ClusterDocument>;
  /** Under the names of clusters; of those that have had a connector. */
  readonly clusterUses: Collection<UseDocument>;
  readonly joinTokens: Collection<JoinTokenDocument>;
  readonly certificates: Collection<CertificateDocument>;
  readonly locks: Collection<LockDocument>;
  readonly keys: Collection<KeyDocument>;
  /** Under their ids, which are in order of time. */
  readonly approvals: Collection<ApprovalDocument>;
  /** Under `<agent>/<digest that it is bound to>`: at most one approval of a request is open. */
  readonly openApprovals: Collection<OpenApprovalDocument>;
  /** Under the digest of the request itself, whatever it would do. */
  readonly openWrites: Collection<OpenWriteDocument>;
  /** What became of exchanges with an intent, for a day: under `<time, in blocks>/<exchange>`. */
  readonly writes: Collection<WriteDocument>;
  /** Under the SHA-256 of their cookies, in hex. */
  readonly consoleSessions: Collection<ConsoleSessionDocument>;
  /** Logins that have been, until they would be too old anyway: under the time of that, and the digest of their state. */
  readonly consoleLogins: Collection<ConsoleLoginDocument>;
  /** Under the id of the credential, in base64url. */
  readonly passkeys: Collection<PasskeyDocument>;
  /** Under the challenge, in base64url. */
  readonly passkeyChallenges: Collection<PasskeyChallengeDocument>;
  /** Under their ids, which are in order of time: those that are open, or ended a while ago. */
  readonly grants: Collection<GrantDocument>;
  /** What is to be told and has not been: under `<receiver>/<id of the notice>`. */
  readonly notices: Collection<NoticeDocument>;
  /** Under a name of the log. */
  readonly noticeCursors: Collection<NoticeCursorDocument>;
  /** Under `<agent>/<digest of what it used>`. */
  readonly firstUses: Collection<FirstUseDocument>;
  /** Another number after each change of agents, former agents, owners who are gone, clusters or locks, by whichever gateway; cheap to ask. */
  standing(): Promise<number>;
  close(): Promise<void>;
}

/** What is registered, in the configuration file or through the control API. Times are RFC 3339 UTC. */
export interface Registered {
  readonly source: 'config' | 'api';
  /** Absent: enabled. */
  readonly state?: 'enabled' | 'disabled';
  readonly expiresAt?: string;
  /** When the control API last let it in: it counts as used then. */
  readonly letInAt?: string;
}

export interface AgentDocument extends Registered {
  readonly state: 'enabled' | 'disabled';
  readonly owner: string;
  readonly purpose: string;
  /** `issuer` is the `iss` of its tokens. */
  readonly match: { readonly issuer: string; readonly subject: string };
  /** Policy groups in addition to those of the token. */
  readonly groups: readonly string[];
  readonly clusters: Readonly<Record<string, { readonly groups: readonly string[] }>>;
  /** Absent in what was stored before there were any: the defaults. */
  readonly limits?: Limits;
  /** Whether its requests wait for a countersignature; absent means that they do. */
  readonly waits?: boolean;
}

/** That nobody answers for the agents of an owner any more. */
export interface GoneOwnerDocument {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  /** Whether all that follows from it is on record; absent where that was cut short. */
  readonly recorded?: true;
}

/** When an agent was last seen to call, an owner to be logged in, or a cluster to have a connector, to the hour. */
export interface UseDocument {
  readonly lastUsedAt: string;
}

/** That a token was an agent's: whatever groups its provider gives it, nobody takes it for a person's. */
export interface FormerAgentDocument {
  readonly agent: string;
  readonly owner: string;
  readonly match: AgentDocument['match'];
}

export interface ClusterDocument extends Registered {
  readonly description: string;
}

/** Under the id of the SHA-256 of the token's secret part, in hex: the token itself is never stored. */
export interface JoinTokenDocument {
  readonly cluster: string;
  readonly expiresAt: string;
  readonly usedAt?: string;
}

/** A connector's certificate, under its serial number in hex. */
export interface CertificateDocument {
  readonly connector: string;
  readonly cluster: string;
  readonly notAfter: string;
  readonly revokedAt?: string;
}

/** Under `<kind>:<id>`, for instance `agent:reporter`. */
export interface LockDocument {
  readonly kind: 'agent' | 'session' | 'owner' | 'connector' | 'cluster';
  readonly target: string;
  /** Of a session: the digest of its key, by which it is known after it ended. */
  readonly sessionKey?: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

/** Where the open approval of a request stands. */
export interface OpenApprovalDocument {
  readonly approval: string;
  /** Id of the agent that asked. */
  readonly agent: string;
  /** Digest of the request alone, which is known before it is found out what it would do. */
  readonly request: string;
  readonly expiresAt: string;
  /** It is for several requests. */
  readonly isPlan?: true;
}

/** A write that a countersignature let through, as long as nobody knows what became of it. */
export interface OpenWriteDocument {
  readonly approval: string;
  readonly exchange: string;
  /** Name of the gateway whose log has its intent, and its outcome if there is one. */
  readonly gateway: string;
  readonly at: string;
}

/** What a gateway has on record of an exchange, as far as its agent may see it. */
export type WriteDocument = Omit<ExchangeSummary, 'index'> & {
  /** Whether it is an agent's: people may be named like one. */
  readonly isOfAgent: boolean;
};

/** A person's session of the console. Whoever reads it learns neither the cookie nor the token. */
export interface ConsoleSessionDocument {
  /** SHA-256 of issuer and subject, in hex: a person has so many sessions at most. */
  readonly person: string;
  /** The person's access token, under a key that takes their cookie and what their page keeps. */
  readonly sealedToken: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** That a login has been carried out: nobody does it again. */
export interface ConsoleLoginDocument {
  readonly session: string;
}

/** A passkey of a person. */
export interface PasskeyDocument {
  readonly issuer: string;
  readonly subject: string;
  /** What the person calls it. */
  readonly name: string;
  /** A COSE key, in base64url. */
  readonly publicKey: string;
  /** Of COSE. */
  readonly algorithm: number;
  /** Of its last use; 0 as long as its authenticator counts none. */
  readonly counter: number;
  /** The host name that it was made for. */
  readonly rpId: string;
  readonly createdAt: string;
  /** When its person removed it: it signs nothing more, and who takes its place has logged in since. */
  readonly removedAt?: string;
}

/** What an authenticator of one person may be asked to sign, once. */
export interface PasskeyChallengeDocument {
  readonly purpose: 'registration' | 'verdict';
  readonly issuer: string;
  readonly subject: string;
  /** Of a verdict, in base64url. */
  readonly nonce?: string;
  readonly expiresAt: string;
}

/** A notice on its way to one receiver. */
export interface NoticeDocument {
  readonly receiver: string;
  readonly notice: Notice;
  /** How often it has been tried. */
  readonly attempts: number;
  readonly putAt: string;
  /** When it is to be tried. */
  readonly nextAt: string;
  /** Until then a gateway is at it. */
  readonly leasedUntil?: string;
}

/** How far a gateway has told what is in its log: up to this index. */
export interface NoticeCursorDocument {
  readonly index: number;
}

/** That an agent has been seen to use something. */
export interface FirstUseDocument {
  readonly at: string;
}

/** A key of the gateway's own, by name (`connector-ca`, `masking`): PKCS #8 or raw bytes, in base64. */
export interface KeyDocument {
  readonly algorithm: string;
  readonly material: string;
  readonly createdAt: string;
}
