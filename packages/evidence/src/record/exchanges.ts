// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import {
  code,
  count,
  decision,
  digest,
  exchange,
  impersonated,
  leaf,
  masked,
  name,
  personId,
  principal,
  status,
  times,
  timestamp,
  uuid,
} from './parts.ts';

const forwarded = {
  connector: name.optional(),
  impersonated: impersonated.optional(),
  approval: uuid.optional(),
  grant: uuid.optional(),
} as const;

const port = z.int().min(1).max(65_535);

const direction = z.enum(['up', 'down']).describe('up: from the caller to the API server');

/** A decision that no other record of the exchange carries: of a port, a policy epoch, the use of an approval. */
export const decisionMade = leaf('decision', { ...exchange, decision, stream: uuid.optional() });

/** An exchange that was refused: the only record it has, unless something of it had been recorded before. */
export const refusal = leaf('refusal', {
  ...exchange,
  verdict: z
    .enum(['denied', 'could not evaluate', 'invalid', 'not served'])
    .describe('denied by policy, registration, lock or approval; not decidable; no proper request; or allowed in vain'),
  fault: code,
  origin: z.enum(['caller', 'policy', 'upstream', 'gateway']),
  status,
  decision: decision.optional(),
  approval: uuid.optional(),
  times: times.optional(),
});

/** Refusals before authentication, of one source (sealed), or over a limit, of one agent; for one reason, in one window. */
export const refusals = leaf('refusals', {
  listener: z.enum(['data', 'tunnel', 'control']),
  cluster: name.optional(),
  agent: name.optional(),
  fault: code,
  count,
  sources: count.optional().describe('How many sources, where they were too many for a record each'),
  from: timestamp,
  to: timestamp,
});

/** Durable before a byte of anything with side effects goes upstream. */
export const intent = leaf('intent', { ...exchange, ...forwarded, decision, times: times.optional() });

/** What became of an intent. A write whose answer fits in one buffer has no other record of its answer. */
export const outcome = leaf('outcome', {
  ...exchange,
  result: z
    .enum(['done', 'done in part', 'failed', 'not sent', 'unknown'])
    .describe('done in part: of several objects some are done and the others are not; each has records of its own'),
  reason: code.optional(),
  status: status.optional(),
  bytes: count.optional(),
  masked: masked.optional(),
  effect: z
    .strictObject({ uid: z.string().max(64).optional(), resourceVersion: z.string().max(64).optional() })
    .optional()
    .describe('The object as the API server answered it'),
  times: times.optional(),
});

/** An answer without side effects that fits in one buffer, durable before its first byte. */
export const answer = leaf('answer', {
  ...exchange,
  ...forwarded,
  decision,
  status,
  bytes: count.describe('Bytes of the body as the caller gets it'),
  masked,
  times: times.optional(),
});

/** Durable before the first body byte of a longer answer. */
export const answerStart = leaf('answer.start', {
  ...exchange,
  ...forwarded,
  decision: decision.optional().describe('Absent where an intent carries it'),
  status,
  times: times.optional(),
});

/** Durable before the end of a longer answer is signalled. */
export const answerEnd = leaf('answer.end', {
  ...exchange,
  end: z.enum(['complete', 'cut']),
  reason: code.optional().describe('Why it was cut'),
  bytes: count.optional().describe('Absent when unknown, after a crash'),
  masked: masked.optional(),
  times: times.optional(),
});

export const streamStart = leaf('stream.start', {
  ...exchange,
  ...forwarded,
  stream: uuid,
  protocol: z.string().max(64),
  decision: decision.optional(),
  recorded: z.array(direction).max(2).describe('Directions whose bytes are recorded'),
  container: z.string().max(253).optional(),
  tty: z.boolean().optional(),
});

/** A port of a port-forward, decided before the pod hears of it; and again when that comes out otherwise. */
export const streamPort = leaf('stream.port', {
  ...exchange,
  stream: uuid,
  port,
  decision,
});

export const streamEnd = leaf('stream.end', {
  ...exchange,
  stream: uuid,
  end: z.enum(['complete', 'cut']),
  reason: code.optional(),
  exitCode: z.int().min(-1).max(255).optional(),
  bytesUp: count.optional(),
  bytesDown: count.optional(),
  ports: z
    .array(z.strictObject({ port, connections: count, bytesUp: count, bytesDown: count }))
    .max(128)
    .optional()
    .describe('Of a port-forward: what flowed, port by port'),
  masked: masked.optional(),
});

/** Bytes of a stream, sealed beside the record; durable before they are passed on. */
export const recordingChunk = leaf('recording.chunk', {
  exchange: exchange.exchange,
  session: exchange.session,
  stream: uuid,
  number: count,
  offset: count.describe('Bytes of the recording before this chunk'),
  length: count,
  from: timestamp,
  to: timestamp,
});

const recording = { exchange: exchange.exchange, session: exchange.session, stream: uuid } as const;
const recorded = {
  chunks: count.describe('Chunks of its file, the header among them'),
  bytes: count.describe('Length of their blocks'),
  root: digest.describe('RFC 6962 root over the ct of the chunks: SHA-256 of each block'),
} as const;

/** A recording in a file of its own; durable before anything of the stream is passed on. */
export const recordingStart = leaf('recording.start', {
  ...recording,
  key: uuid.describe('Which key of the key table'),
  header: digest.describe('SHA-256 of its first block'),
});

/** What was durable of a recording while it was going on. */
export const recordingProgress = leaf('recording.progress', { ...recording, ...recorded });

export const recordingEnd = leaf('recording.end', {
  ...recording,
  ...recorded,
  end: z.enum(['complete', 'cut']),
  reason: code.optional().describe('Why it was cut'),
});

/** Somebody has a recording shown to them; durable before the first byte of it. */
export const recordingOpened = leaf('recording.opened', {
  exchange: uuid.describe('The request by which it is opened'),
  session: exchange.session,
  stream: uuid,
  principal,
  role: code,
});

export const sessionStart = leaf('session.start', { session: z.string().max(128), cluster: name, principal });

export const sessionEnd = leaf('session.end', {
  session: z.string().max(128),
  cluster: name,
  principal: principal.optional(),
  reason: z.enum(['ended', 'idle', 'expired', 'locked', 'shutdown', 'recovery']),
  by: personId.optional().describe('Who ended it, where somebody did'),
  exchanges: count.optional(),
  credentials: z
    .array(digest)
    .max(256)
    .optional()
    .describe('Digests of the credentials that were used, the first ones'),
  credentialsUsed: count
    .optional()
    .describe('How many there were, where there were more than are listed; no more than 4,096 are counted'),
});
