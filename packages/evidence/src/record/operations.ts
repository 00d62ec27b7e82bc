// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import {
  code,
  count,
  digest,
  exchange,
  impersonated,
  leaf,
  name,
  personId,
  principal,
  rule,
  timestamp,
  uuid,
} from './parts.ts';
import { countersignature } from './passkeys.ts';

const by = personId.describe('Who did it');

export const logOpened = leaf('log.opened', {
  origin: z.string().min(1).max(255),
  vkey: z.string().max(512),
  version: z.string().max(64).describe('Version of the gateway'),
  segmentBytes: count,
  survives: z
    .enum(['process', 'host', 'volume'])
    .describe('What an acknowledged record outlives: of a disk log, the loss of process or host, not of its volume'),
  clean: z.boolean().describe('Whether the epoch before was closed'),
});

export const logClosed = leaf('log.closed', { reason: code });

export const recovery = leaf('recovery', {
  size: count.describe('Records that were found whole'),
  cutBytes: count.describe('Bytes of a batch that was never acknowledged'),
  unfinished: count.describe('Intents, answers and streams that the records after this one end'),
});

export const keyRotate = leaf('key.rotate', { vkey: z.string().max(512), from: count.describe('First size it signs') });

export const heartbeat = leaf('heartbeat', {
  state: z.enum(['open', 'low-space']),
  freeBytes: count,
  uptimeSeconds: count,
});

export const clockSkew = leaf('clock.skew', {
  behindMicros: count.describe('How far the clock stands behind the last record'),
});

const space = { freeBytes: count, thresholdBytes: count } as const;
export const auditWarn = leaf('audit.warn', { problem: z.enum(['low-space', 'space-again']), ...space });
export const auditDrain = leaf('audit.drain', { problem: code });
export const auditStopped = leaf('audit.stopped', { problem: code });

export const anchor = leaf('anchor', {
  kind: code,
  target: name,
  size: count,
  root: digest,
  result: z.enum(['done', 'failed']),
});

const approval = {
  approval: uuid,
  transition: uuid.optional().describe('Names this step, so that it is found again after a crash'),
  ...exchange,
} as const;
export const approvalAsked = leaf('approval.asked', {
  ...approval,
  digest: digest.describe('HMAC-SHA-256 of what the approval is bound to, which is among the sealed fields'),
  rules: z.array(rule).max(64),
  groups: z.array(name).max(64),
  expiresAt: timestamp,
  shown: digest
    .optional()
    .describe('HMAC-SHA-256 of what people are shown of it, which is among the sealed fields with its salt'),
  members: z
    .array(digest)
    .max(64)
    .optional()
    .describe('Of a plan: the digest of each of its requests, which go through once each'),
});
/** The requester says why: the words are among the sealed fields, and no part of what is countersigned. */
export const approvalReasoned = leaf('approval.reasoned', { ...approval, by });
export const approvalSeen = leaf('approval.seen', { ...approval, by, digest: digest.optional() });
const verdict = {
  ...approval,
  by,
  digest,
  shown: digest.optional().describe('Of what the person was shown, as in approval.asked'),
  signature: digest.optional().describe('SHA-256 of the countersignature, which is among the sealed fields'),
  countersignature: countersignature.optional(),
} as const;
export const approvalApproved = leaf('approval.approved', verdict);
export const approvalDenied = leaf('approval.denied', verdict);
export const approvalExpired = leaf('approval.expired', approval);
export const approvalUsed = leaf('approval.used', {
  ...approval,
  digest,
  member: digest.optional().describe('Of a plan: which of its requests it was'),
});
export const approvalWithdrawn = leaf('approval.withdrawn', { ...approval, by });

const grant = { grant: uuid, cluster: name, agent: personId } as const;
export const grantAsked = leaf('grant.asked', {
  ...grant,
  by,
  scope: digest.describe('Salted digest of the scope'),
  expiresAt: timestamp,
});
const grantSaid = { ...grant, by, countersignature: countersignature.optional() } as const;
export const grantApproved = leaf('grant.approved', {
  ...grantSaid,
  scope: digest,
  expiresAt: timestamp.describe('Its end; of one that is pending, until when it can be signed'),
  pending: z.boolean().optional().describe('It is not in force yet: others must sign it too'),
});
export const grantDenied = leaf('grant.denied', grantSaid);
export const grantExpired = leaf('grant.expired', grant);
export const grantRevoked = leaf('grant.revoked', { ...grant, by });
export const grantWithdrawn = leaf('grant.withdrawn', { ...grant, by });

const lockTarget = {
  kind: z.enum(['agent', 'session', 'owner', 'connector', 'cluster']),
  target: personId,
  by,
} as const;
export const lock = leaf('lock', { ...lockTarget, streams: count.optional().describe('Live streams that it ended') });
export const unlock = leaf('unlock', lockTarget);
export const breakglass = leaf('breakglass', {
  by: by.optional().describe('Absent where its time was over'),
  action: code.describe('opened, ended or expired'),
  grant: uuid.optional().describe('Its id: decisions that it let on name it'),
  cluster: name.optional(),
  agent: personId.optional(),
  scope: digest.optional().describe('Salted digest of what it is for, which is sealed'),
  expiresAt: timestamp.optional(),
});

const agent = {
  agent: personId,
  owner: personId.optional(),
  by: by.optional(),
  source: z.enum(['config', 'api']),
} as const;
export const agentRegistered = leaf('agent.registered', { ...agent, digest });
export const agentChanged = leaf('agent.changed', { ...agent, digest });
export const agentEnabled = leaf('agent.enabled', agent);
export const agentDisabled = leaf('agent.disabled', {
  ...agent,
  reason: code.optional().describe('Where the gateway did it by itself'),
});
export const agentExpired = leaf('agent.expired', agent);
export const agentRemoved = leaf('agent.removed', agent);

const owner = { owner: personId, by } as const;
export const ownerGone = leaf('owner.gone', { ...owner, agents: count.describe('Agents that name them') });
export const ownerReturned = leaf('owner.returned', owner);

const cluster = { cluster: name, by: by.optional(), source: z.enum(['config', 'api']) } as const;
export const clusterRegistered = leaf('cluster.registered', { ...cluster, digest: digest.optional() });
export const clusterChanged = leaf('cluster.changed', { ...cluster, digest: digest.optional() });
export const clusterEnabled = leaf('cluster.enabled', cluster);
export const clusterDisabled = leaf('cluster.disabled', {
  ...cluster,
  reason: code.optional().describe('Where the gateway did it by itself'),
});
export const clusterExpired = leaf('cluster.expired', cluster);
export const clusterRemoved = leaf('cluster.removed', cluster);

const connector = { connector: name, cluster: name } as const;
const certificate = { serial: z.string().regex(/^[0-9a-f]{1,64}$/), notAfter: z.iso.datetime() } as const;
export const connectorToken = leaf('connector.token', {
  cluster: name,
  token: digest.describe('SHA-256 of its secret part'),
  by: by.optional(),
  expiresAt: z.iso.datetime(),
});
export const connectorEnrolled = leaf('connector.enrolled', { ...connector, ...certificate, token: digest });
export const connectorRefused = leaf('connector.refused', {
  cluster: name.optional(),
  connector: name.optional(),
  reason: code,
});
export const connectorConnected = leaf('connector.connected', {
  ...connector,
  serial: certificate.serial,
  tunnel: uuid.optional(),
  version: z.string().max(64).optional(),
});
export const connectorDisconnected = leaf('connector.disconnected', {
  ...connector,
  tunnel: uuid.optional(),
  reason: code,
});
export const connectorRenewed = leaf('connector.renewed', {
  ...connector,
  ...certificate,
  previousSerial: certificate.serial.optional(),
});
export const connectorRevoked = leaf('connector.revoked', {
  ...connector,
  serial: certificate.serial,
  by: by.optional(),
});

const policies = {
  set: name.describe('organisation, or a cluster'),
  digest,
  policyEpoch: count.optional(),
  files: count.optional(),
} as const;
export const policyLoaded = leaf('policy.loaded', { ...policies, previousDigest: digest.optional() });
export const policyRejected = leaf('policy.rejected', {
  set: name,
  digest: digest.optional(),
  problems: count,
  reason: code,
});
export const configLoaded = leaf('config.loaded', { digest, previousDigest: digest.optional(), by: by.optional() });
export const configRejected = leaf('config.rejected', { digest: digest.optional(), problems: count, reason: code });

/**
 * A request that the gateway made of a cluster for itself: for the keys of its tokens, as its connector; as the agent, for
 * the object that a request names, where a rule looks at it or a human is to countersign its change, for what such a change
 * would do (a dry run), for what the cluster serves, where an agent asks what it may do, for a read whose first attempt was
 * lost with its connector, and for a session whose first attempt, by WebSocket, was refused.
 */
export const upkeep = leaf('upkeep', {
  exchange: uuid,
  cluster: name,
  purpose: z.enum(['token-keys', 'live-object', 'dry-run', 'discovery', 'second-attempt']),
  parent: uuid.optional().describe('The exchange that it was made for'),
  impersonated: impersonated.optional(),
  status: z.int().min(100).max(599).optional().describe('Absent when no answer came'),
});

/** A request to the control listener. */
export const control = leaf('control', {
  exchange: uuid,
  principal: principal.optional(),
  role: code.optional(),
  method: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'other']),
  route: z.string().max(253).describe('The route, not the path'),
  status: z.int().min(100).max(599),
});

const consoleSession = { session: digest.describe('SHA-256 of its cookie') } as const;
export const consoleLogin = leaf('console.login', { ...consoleSession, principal, expiresAt: z.iso.datetime() });
export const consoleLogout = leaf('console.logout', {
  ...consoleSession,
  reason: z.enum(['logged-out', 'replaced']).describe('By the person, or by a later session where they had too many'),
});

export const exported = leaf('export', {
  by,
  from: count,
  to: count,
  manifest: digest,
  format: code,
});

/** Written before the keys are destroyed. */
export const dataShredded = leaf('data.shredded', {
  keys: z.array(uuid).min(1).max(1_000),
  rule: code,
  by: by.optional(),
  session: z.string().max(128).optional(),
});
