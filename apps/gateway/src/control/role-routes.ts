// SPDX-License-Identifier: Apache-2.0
import { type ControlCaller, type Role, seesAll } from './authorize.ts';

/** Roles that have a part of the API alone. */
type Narrow = Exclude<Role, 'operator' | 'auditor'>;

interface Part {
  /** Whether a request is one of theirs: by method, and route as `ROUTES` has it. */
  readonly has: (method: string, route: string) => boolean;
  /** What anybody is told who asks for more. */
  readonly told: string;
}

/** Beside approvals, what is about the caller alone. */
const APPROVER_ROUTES = [
  '/api/v1/approvals',
  '/api/v1/grants',
  '/api/v1/passkeys',
  '/api/v1/events',
  '/api/v1/me',
  '/api/v1/openapi.json',
] as const;

const AGENT_ROUTES: readonly string[] = [
  '/api/v1/openapi.json',
  '/api/v1/exchanges/:id',
  '/api/v1/explain',
  '/api/v1/plans',
  '/api/v1/events',
  '/api/v1/approvals',
  '/api/v1/approvals/:id',
  '/api/v1/approvals/:id/reason',
  '/api/v1/approvals/:id/withdraw',
  '/api/v1/grants',
  '/api/v1/grants/:id',
  '/api/v1/grants/:id/revoke',
];

const OWNER_REQUESTS: readonly string[] = [
  'GET /api/v1/me',
  'GET /api/v1/openapi.json',
  'GET /api/v1/events',
  'GET /api/v1/approvals',
  'GET /api/v1/approvals/:id',
  'GET /api/v1/exchanges',
  'GET /api/v1/exchanges/:id',
  'GET /api/v1/grants',
  'GET /api/v1/grants/:id',
  'POST /api/v1/grants',
  'POST /api/v1/grants/:id/revoke',
  'GET /api/v1/agents',
  'GET /api/v1/agents/:id',
  'POST /api/v1/agents/:id/disable',
  'GET /api/v1/locks',
  'POST /api/v1/locks',
];

const PARTS: Readonly<Record<Narrow, Part>> = {
  approver: {
    has: (_, route) => APPROVER_ROUTES.some((own) => route.startsWith(own)),
    told: 'approvers see approvals, grants and what is their own, and no more',
  },
  owner: {
    has: (method, route) => OWNER_REQUESTS.includes(`${method === 'HEAD' ? 'GET' : method} ${route}`),
    told: 'owners see what their agents ask for and do, ask for grants for them and revoke those, and may disable and lock them, and no more',
  },
  agent: {
    has: (_, route) => AGENT_ROUTES.includes(route),
    told: 'agents are told what becomes of their own requests and approvals, and what would, and ask for grants, and no more',
  },
};

/**
 * Why a request is not one for this caller: agents and owners are answered about what is theirs; who may countersign, and no
 * more, has nothing to do with the rest. Undefined where it may be answered; the routes say how far.
 */
export function notTheirs(caller: ControlCaller, method: string, route: string | undefined): string | undefined {
  if (seesAll(caller)) return undefined;
  const parts = caller.roles.flatMap((role) => (role === 'operator' || role === 'auditor' ? [] : [PARTS[role]]));
  // People are told that there is no such route, agents nothing of what there is.
  const isTheirs = route === undefined ? caller.agent === undefined : parts.some(({ has }) => has(method, route));
  return isTheirs ? undefined : parts.map(({ told }) => told).join('; ');
}
