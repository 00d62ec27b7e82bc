// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';

const MAX_COUNT = Number.MAX_SAFE_INTEGER;

export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  .meta({ id: 'Uuid', description: 'A UUID in lower case' });

export const timestamp = z
  .string()
  .regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/)
  .meta({ id: 'Timestamp', description: 'RFC 3339, UTC, microseconds' });

export const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ id: 'Digest', description: 'SHA-256 or HMAC-SHA-256, in hex' });

export const count = z.int().min(0).max(MAX_COUNT);

/** A name that the operator gave: of a cluster, a connector, a gateway, a policy set. */
export const name = z.string().min(1).max(253);

/** A plain identifier, or the pseudonym of a name that is none. */
export const personId = z
  .string()
  .regex(/^(?:~[A-Za-z0-9_-]{22}|[A-Za-z0-9][A-Za-z0-9._:-]{0,127})$/)
  .meta({ id: 'PersonId', description: 'A plain identifier, or ~ and 22 characters that stand for a name' });

export const code = z
  .string()
  .regex(/^(?:[a-z0-9][a-z0-9-]{0,63}|ERR_[A-Z0-9_]{1,60})$/)
  .meta({ id: 'Code', description: 'One of a closed list of words, with hyphens, or an error code' });

/** A part of a request as it was read; what is longer is cut at 500 characters, whole among the sealed fields. */
const requestText = z.string().max(512);

const act = z
  .strictObject({ issuer: z.string().max(512), subject: personId })
  .meta({ id: 'Act', description: 'One actor of the delegation chain; the subject is a pseudonym' });

export const principal = z
  .strictObject({
    kind: z.enum(['agent', 'human']),
    id: personId,
    owner: personId.describe('The human who answers for the agent'),
    issuer: z.string().max(512).optional(),
    act: z.array(act).max(16).describe('Delegation, outermost first'),
    credential: z
      .strictObject({
        kind: z.enum(['jwt', 'certificate']),
        digest,
        expiresAt: z.iso.datetime().optional(),
      })
      .optional(),
  })
  .meta({ id: 'Principal' });

const lane = z
  .enum(['discovery', 'read', 'watch', 'logs', 'write', 'exec', 'portforward', 'review'])
  .meta({ id: 'Lane' });

const request = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('resource'),
      lane: lane.optional().describe('Absent when there is no lane for it'),
      verb: requestText,
      group: requestText,
      version: requestText,
      namespace: requestText,
      resource: requestText,
      subresource: requestText,
      name: requestText,
      dryRun: z.boolean(),
    }),
    z.strictObject({
      kind: z.literal('non-resource'),
      lane: lane.optional(),
      verb: requestText,
      path: requestText,
    }),
  ])
  .meta({ id: 'Request' });

export const rule = z.strictObject({ set: name, id: z.string().min(1).max(253) }).meta({ id: 'Rule' });

export const decision = z
  .strictObject({
    id: uuid,
    occasion: z
      .enum(['request', 'gathered', 'port', 'policy-epoch', 'approval-use', 'grant-use'])
      .describe('Why it was decided: an exchange may be decided several times'),
    effect: z.enum(['allow', 'ask', 'deny', 'undecided']),
    reason: code.optional().describe('Why not: no-permit, forbidden, or what could not be evaluated'),
    reveal: z.boolean().optional().describe('Whether values may be seen in the clear'),
    rules: z.array(rule).max(256),
    rulesOmitted: count.optional().describe('How many more there were: too many for a leaf, all of them are sealed'),
    policyDigest: z
      .string()
      .regex(/^(?:sha256:[0-9a-f]{64})?$/)
      .describe('Empty when no policies were in force'),
    approvals: z
      .array(z.strictObject({ rule, group: name, quorum: count, ttlSeconds: count.optional() }))
      .max(64)
      .optional()
      .describe('What would have to be countersigned, and by whom'),
    approvalsOmitted: count.optional().describe('How many more there were; their rules are among the rules'),
    grant: uuid.optional().describe('The grant that gave what it asks for'),
    breakGlass: z.literal(true).optional().describe('That grant is one of break-glass: one operator opened it'),
    inputCommitment: digest.optional().describe('HMAC-SHA-256 of the canonical input under a salt of its own'),
  })
  .meta({ id: 'Decision' });

export const masked = z
  .array(z.strictObject({ rule: z.string().min(1).max(253), count }))
  .max(256)
  .meta({ id: 'Masked', description: 'How many values each rule masked' });

export const impersonated = z
  .strictObject({
    user: z.string().max(512),
    groups: z.array(z.string().max(253)).max(64),
  })
  .meta({ id: 'Impersonated' });

/** Which exchange a record belongs to, and who stands behind it. */
export const exchange = {
  exchange: uuid.describe('The request id, sent upstream as Audit-ID'),
  parent: uuid.optional().describe('The exchange that this one was made for'),
  retryOf: uuid.optional().describe('The exchange that first asked for the same'),
  session: z.string().max(128).optional(),
  cluster: name.optional(),
  principal: principal.optional(),
  request: request.optional(),
} as const;

export const status = z.int().min(100).max(599);

/** When the stages of the exchange were done; the record's own `ts` is when it was logged. */
export const times = z
  .strictObject({
    received: timestamp,
    decided: timestamp.optional(),
    forwarded: timestamp.optional(),
    answered: timestamp.optional(),
  })
  .meta({ id: 'Times' });

const sealed = z
  .strictObject({
    key: uuid.describe('Which key of the key table'),
    bytes: count.describe('Length of the ciphertext'),
    ct: digest.describe('SHA-256 of the ciphertext'),
    pt: digest.describe('HMAC-SHA-256 of the plaintext under the salt before it'),
  })
  .meta({ id: 'Sealed' });

const base = {
  v: z.literal(1),
  id: uuid.describe('UUIDv7'),
  ts: timestamp,
  gateway: name,
  epoch: z.int().min(1).max(MAX_COUNT).describe('How often this log has been opened'),
  sealed: sealed.optional(),
} as const;

/** The schema of a record type: what all records have, and `shape`. */
export function leaf<const Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.strictObject({ ...base, type: z.literal(type), ...shape }).meta({ id: type });
}
