// SPDX-License-Identifier: Apache-2.0
import type * as z from 'zod';
import { registration } from '../../passkeys/passkey-routes.ts';
import { agentBodySchema } from '../agent-body.ts';
import { challengeBody, listQuery, verdictBody } from '../approval-routes.ts';
import { openBody } from '../break-glass-routes.ts';
import { clusterBodySchema } from '../cluster-routes.ts';
import { exchangeQuery } from '../exchange-route.ts';
import { explainBody } from '../explain-route.ts';
import { grantBody, challengeBody as grantChallengeBody, signingBody, stopBody } from '../grant-routes.ts';
import { lockRequest } from '../lock-routes.ts';
import { reasonBody } from '../own-approvals.ts';
import { ownerBody } from '../owner-routes.ts';
import { pageQuery } from '../paged.ts';
import { planBody } from '../plan-routes.ts';
import { replayQuery } from '../recording-routes.ts';
import * as answers from './answers.ts';

/** Of answers that are no JSON. */
type TextType = 'text/event-stream' | 'application/x-asciicast';

/** What one request is for, and what goes in and out. */
export interface Operation {
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** By the status of success; null has no body, and text is no JSON. */
  readonly answers: Readonly<Record<number, z.ZodType | TextType | null>>;
}

const ok = (answer: z.ZodType) => ({ 200: answer });
const made = (answer: z.ZodType) => ({ 201: answer });
const verdict = { body: verdictBody, answers: ok(answers.approval) };
const signing = { body: signingBody, answers: ok(answers.grant) };

/** Every request of the control API, by method and route, with the schemas by which its route reads it. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /api/v1/openapi.json': { summary: 'This description', answers: ok(answers.document) },
  'GET /api/v1/me': { summary: 'Who the caller is, and may', answers: ok(answers.me) },
  'GET /api/v1/events': { summary: 'Approvals as they change', answers: { 200: 'text/event-stream' } },
  'GET /api/v1/exchanges': {
    summary: 'The latest exchanges',
    query: exchangeQuery,
    answers: ok(answers.exchanges),
  },
  'GET /api/v1/exchanges/:id': { summary: 'What became of a request', answers: ok(answers.exchange) },
  'POST /api/v1/explain': {
    summary: 'What policy says of a request before it is sent',
    body: explainBody,
    answers: ok(answers.explained),
  },
  'GET /api/v1/policies': { summary: 'The policies in force', answers: ok(answers.policies) },
  'GET /api/v1/clusters': { summary: 'Clusters and their connectors', query: pageQuery, answers: ok(answers.clusters) },
  'GET /api/v1/clusters/:name': { summary: 'One cluster, with its version as ETag', answers: ok(answers.cluster) },
  'PUT /api/v1/clusters/:name': {
    summary: 'Register a cluster, or change one',
    body: clusterBodySchema,
    answers: { 200: answers.cluster, 201: answers.cluster },
  },
  'DELETE /api/v1/clusters/:name': { summary: 'Forget a cluster', answers: ok(answers.removedCluster) },
  'POST /api/v1/clusters/:name/disable': {
    summary: 'Let nobody call a cluster any more, and no connector of it in',
    answers: ok(answers.cluster),
  },
  'POST /api/v1/clusters/:name/enable': { summary: 'Let a cluster be called again', answers: ok(answers.cluster) },
  'POST /api/v1/clusters/:name/join-tokens': {
    summary: 'Let one connector enrol',
    answers: made(answers.joinToken),
  },
  'GET /api/v1/locks': { summary: 'Locks in force', query: pageQuery, answers: ok(answers.locks) },
  'POST /api/v1/locks': { summary: 'Lock', body: lockRequest, answers: made(answers.lock) },
  'DELETE /api/v1/locks/:kind/:target': { summary: 'Lift a lock', answers: ok(answers.unlock) },
  'GET /api/v1/sessions': { summary: 'Sessions that are open here', query: pageQuery, answers: ok(answers.sessions) },
  'DELETE /api/v1/sessions/:id': { summary: 'End a session', answers: ok(answers.ended) },
  'POST /api/v1/plans': {
    summary: 'Ask for many requests at once, as their agent',
    body: planBody,
    answers: { 200: answers.plan, 201: answers.plan },
  },
  'GET /api/v1/sessions/:id/recordings': {
    summary: 'Recordings of a session',
    answers: ok(answers.recordings),
  },
  'GET /api/v1/sessions/:id/recordings/:stream': {
    summary: 'What flowed in a stream',
    query: replayQuery,
    answers: { 200: 'application/x-asciicast' },
  },
  'GET /api/v1/approvals': {
    summary: 'What waits for a countersignature, or did',
    query: listQuery,
    answers: ok(answers.approvals),
  },
  'GET /api/v1/approvals/:id': { summary: 'One approval', answers: ok(answers.approval) },
  'POST /api/v1/approvals/:id/challenge': {
    summary: 'What a passkey is to sign of a verdict',
    body: challengeBody,
    answers: ok(answers.options),
  },
  'POST /api/v1/approvals/:id/approve': { summary: 'Countersign', ...verdict },
  'POST /api/v1/approvals/:id/deny': { summary: 'Deny', ...verdict },
  'POST /api/v1/approvals/:id/withdraw': { summary: 'Take back', ...verdict },
  'POST /api/v1/approvals/:id/reason': {
    summary: 'Why its agent asks',
    body: reasonBody,
    answers: ok(answers.approval),
  },
  'GET /api/v1/passkeys': { summary: "The caller's passkeys", answers: ok(answers.passkeys) },
  'POST /api/v1/passkeys': { summary: 'Register a passkey', body: registration, answers: made(answers.passkey) },
  'POST /api/v1/passkeys/options': { summary: 'What a browser makes a passkey of', answers: ok(answers.options) },
  'DELETE /api/v1/passkeys/:id': { summary: 'Remove a passkey', answers: { 204: null } },
  'GET /api/v1/grants': {
    summary: 'Grants that are open, or have just ended',
    query: pageQuery,
    answers: ok(answers.grants),
  },
  'POST /api/v1/grants': { summary: 'Ask for a grant', body: grantBody, answers: made(answers.grant) },
  'GET /api/v1/grants/:id': { summary: 'One grant', answers: ok(answers.grant) },
  'POST /api/v1/grants/:id/challenge': {
    summary: 'What a passkey is to sign of a grant',
    body: grantChallengeBody,
    answers: ok(answers.options),
  },
  'POST /api/v1/grants/:id/approve': { summary: 'Sign a grant', ...signing },
  'POST /api/v1/grants/:id/deny': { summary: 'Deny a grant', ...signing },
  'POST /api/v1/grants/:id/revoke': { summary: 'End a grant', body: stopBody, answers: ok(answers.grant) },
  'GET /api/v1/break-glass': { summary: 'What was let on in emergencies', answers: ok(answers.brokenGlasses) },
  'POST /api/v1/break-glass': {
    summary: 'Let on what is asked for, without a countersignature',
    body: openBody,
    answers: made(answers.brokenGlass),
  },
  'POST /api/v1/break-glass/:id/end': { summary: 'End it', body: stopBody, answers: ok(answers.brokenGlass) },
  'GET /api/v1/agents': { summary: 'Registered agents', query: pageQuery, answers: ok(answers.agents) },
  'GET /api/v1/agents/:id': { summary: 'One agent, with its version as ETag', answers: ok(answers.agent) },
  'PUT /api/v1/agents/:id': {
    summary: 'Register an agent, or change one',
    body: agentBodySchema,
    answers: { 200: answers.agent, 201: answers.agent },
  },
  'DELETE /api/v1/agents/:id': { summary: 'Forget an agent', answers: ok(answers.removed) },
  'POST /api/v1/agents/:id/disable': { summary: 'Let an agent in no more', answers: ok(answers.agent) },
  'POST /api/v1/agents/:id/enable': { summary: 'Let an agent in again', answers: ok(answers.agent) },
  'GET /api/v1/owners': { summary: 'Who answers for agents', answers: ok(answers.owners) },
  'PUT /api/v1/owners/:owner': {
    summary: 'Say whether an owner is there, or gone',
    body: ownerBody,
    answers: ok(answers.owner),
  },
};
