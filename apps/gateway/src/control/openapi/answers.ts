// SPDX-License-Identifier: Apache-2.0
// What the control API answers. Members may be added to objects; none that is here goes away or changes its type.
import { approvalView } from '@countersign/wire';
import * as z from 'zod';
import { LOCK_KINDS } from '../../identity/locks.ts';

const time = z.iso.datetime();
const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });
/** One page: `next` is what `after` is for the one that follows, and absent on the last. */
const pageOf = <T extends z.ZodType>(item: T) => listOf(item).extend({ next: z.string().optional() });

/** RFC 9457, with the id of the request, and a code where there is more than the status to tell. */
export const problem = z.object({
  status: z.int(),
  title: z.string(),
  detail: z.string(),
  code: z.string().optional(),
  requestId: z.string(),
});

export const approval = approvalView;
export const approvals = pageOf(approvalView);
/** The approval is absent where nobody has to be asked. */
export const plan = z.object({
  items: z.array(z.object({ effect: z.enum(['allow', 'ask']), action: z.string() })),
  approval: approvalView.optional(),
});
/** For WebAuthn: as the browser takes it. */
export const options = z.object({ options: z.looseObject({ challenge: z.string() }) });

export const exchange = z.object({
  id: z.string(),
  at: time.optional(),
  cluster: z.string().optional(),
  principal: z.string().optional(),
  session: z.string().optional(),
  request: z.looseObject({}).optional(),
  decision: z.object({ effect: z.string(), rules: z.array(z.string()) }).optional(),
  fault: z.string().optional(),
  status: z.int().optional(),
  state: z.enum(['done', 'done in part', 'not done', 'unknown', 'open']),
  index: z.int().optional(),
});
export const exchanges = pageOf(exchange);

export const explained = z.object({
  effect: z.enum(['allow', 'ask', 'deny', 'undecided']),
  rules: z.array(z.string()),
  approvers: z.array(z.object({ group: z.string(), quorum: z.int() })),
  byGrantAlone: z.literal(true).optional().describe('It is never held for people: without a grant it is refused.'),
  summary: z.string(),
  because: z.array(z.string()),
  change: z.array(z.string()),
});

const rule = z.object({
  id: z.string(),
  effect: z.enum(['permit', 'forbid']),
  file: z.string(),
  line: z.int(),
  reason: z.string().optional(),
  reveal: z.boolean().optional(),
  approval: z.looseObject({}).optional(),
  text: z.string(),
});
export const policies = z.object({
  epoch: z.int(),
  digest: z.string(),
  since: time,
  sets: z.array(z.looseObject({ rules: z.array(rule) })),
});

const connector = z.object({ connector: z.string(), since: z.string(), version: z.string() });
export const cluster = z.object({
  name: z.string(),
  source: z.enum(['config', 'api']),
  state: z.enum(['enabled', 'disabled']),
  description: z.string(),
  expiresAt: time.optional(),
  connectors: z.array(connector),
});
export const clusters = pageOf(cluster);
export const removedCluster = z.object({ name: z.string() });
export const joinToken = z.object({ token: z.string(), ca: z.string() });

const locked = { kind: z.enum(LOCK_KINDS), target: z.string() };
export const locks = pageOf(z.object({ ...locked, by: z.string(), reason: z.string(), at: time }));
export const lock = z.object({ ...locked, ended: z.int(), known: z.boolean().optional() });
export const unlock = z.object(locked);

export const sessions = pageOf(
  z.object({
    id: z.string(),
    cluster: z.string(),
    agent: z.string(),
    owner: z.string(),
    since: time,
    lastAt: time,
    streams: z.int(),
  }),
);
export const recordings = listOf(
  z.object({
    id: z.string(),
    exchange: z.string(),
    from: time,
    to: time.optional(),
    end: z.enum(['complete', 'cut']).optional(),
    reason: z.string().optional(),
    state: z.enum(['running', 'ended']),
    bytes: z.int(),
    kind: z.string().optional(),
    cluster: z.string().optional(),
    namespace: z.string().optional(),
    pod: z.string().optional(),
    container: z.string().optional(),
    agent: z.string().optional(),
    tty: z.boolean().optional(),
  }),
);
export const ended = z.object({ session: z.string(), ended: z.int() });

const person = z.object({ issuer: z.string(), subject: z.string() });
const said = z.object({ by: person, groups: z.array(z.string()), at: time, reason: z.string() });
export const grant = z.object({
  id: z.string(),
  state: z.enum(['pending', 'active', 'denied', 'expired', 'revoked', 'withdrawn']),
  digest: z.string(),
  cluster: z.string(),
  agent: z.string(),
  owner: z.string(),
  purpose: z.string(),
  act: z.array(person),
  askedBy: person.optional(),
  reason: z.string(),
  scope: z.object({
    verbs: z.array(z.string()),
    resources: z.array(z.string()),
    namespaces: z.array(z.string()),
    names: z.array(z.string()).optional(),
    labels: z.array(z.string()).optional(),
  }),
  seconds: z.int(),
  requirements: z
    .array(z.object({ rule: z.object({ set: z.string(), id: z.string() }), group: z.string(), quorum: z.int() }))
    .describe(
      'What rules were known to ask for in its scope when it was asked for; nothing where that hangs on the objects.',
    ),
  missing: z
    .array(z.object({ group: z.string(), count: z.int() }))
    .describe('Whose signatures all of that still takes.'),
  askedAt: time,
  expiresAt: time,
  signatures: z.array(said),
  endedBy: said.optional(),
  endedAt: time.optional(),
});
export const grants = pageOf(grant);

export const brokenGlass = z.looseObject({
  id: z.string(),
  state: grant.shape.state,
  cluster: z.string(),
  agent: z.string(),
  owner: z.string(),
  seconds: z.int(),
  openedAt: time,
  openedBy: person.optional(),
  expiresAt: time,
});
export const brokenGlasses = listOf(brokenGlass);

export const agent = z.object({
  id: z.string(),
  source: z.enum(['config', 'api']),
  state: z.enum(['enabled', 'disabled']),
  owner: z.string(),
  purpose: z.string(),
  match: z.object({ issuer: z.string(), subject: z.string() }),
  groups: z.array(z.string()),
  clusters: z.record(z.string(), z.object({ groups: z.array(z.string()) })),
  expiresAt: time.optional(),
  limits: z.looseObject({}).optional(),
  waits: z.boolean().optional(),
});
export const agents = pageOf(agent);
export const removed = z.object({ id: z.string() });

export const owner = z.object({
  owner: z.string(),
  state: z.enum(['present', 'gone']),
  agents: z.array(z.string()),
  lastSeenAt: time.optional(),
  by: z.string().optional(),
  reason: z.string().optional(),
  at: time.optional(),
});
export const owners = listOf(owner);

export const me = z.object({
  subject: z.string(),
  issuer: z.string(),
  email: z.string().optional(),
  roles: z.array(z.string()),
  approverGroups: z.array(z.string()),
  agents: z.array(z.string()),
  expiresAt: time,
  passkeys: z.int(),
});

export const passkey = z.object({ id: z.string(), name: z.string(), createdAt: time });
export const passkeys = listOf(passkey);

export const document = z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.looseObject({})) });
