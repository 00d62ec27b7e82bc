// SPDX-License-Identifier: Apache-2.0
import type { JSONWebKeySet } from 'jose';
import type { AgentClients } from './agent-clients.ts';
import { NOTICE, noticePage } from './notice.ts';

/** Lifetime of a token, in seconds. */
const TOKEN_LIFETIME_SECONDS = 900;
/** Stands for the gateway in a token request; a resource indicator must be a URI, and an audience need not be one. */
const RESOURCE = 'urn:countersign:gateway';

/** Remembers what must not come twice (client assertions, by id) until it expires. */
function spentOnce() {
  const spent = new Map<string, number>();
  return {
    find: async (id: string) => (spent.has(id) ? { jti: id } : undefined),
    upsert: async (id: string, _payload: unknown, expiresInSeconds: number) => {
      const now = Date.now();
      for (const [old, expiresAt] of spent) if (expiresAt <= now) spent.delete(old);
      spent.set(id, now + expiresInSeconds * 1000);
    },
  };
}

/**
 * The provider's storage. It knows clients and spent assertions and keeps nothing else: JWT access tokens need no memory.
 * @see https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js
 */
function storageOf(clients: AgentClients): (model: string) => Record<string, unknown> {
  const nothing = async () => undefined;
  const empty = {
    find: nothing,
    findByUid: nothing,
    findByUserCode: nothing,
    upsert: nothing,
    consume: nothing,
    destroy: nothing,
    revokeByGrantId: nothing,
  };
  const models: Readonly<Record<string, object>> = {
    Client: { find: async (id: string) => clients.metadataOf(id) },
    ReplayDetection: spentOnce(),
  };
  return (model) => ({ ...empty, ...models[model] });
}

function resourceFeature(audience: string, InvalidTarget: new (description?: string) => Error) {
  return {
    enabled: true,
    defaultResource: () => RESOURCE,
    getResourceServerInfo: (_context: unknown, resource: string) => {
      if (resource !== RESOURCE && resource !== audience) throw new InvalidTarget('this gateway is the only resource');
      return {
        scope: '',
        audience,
        accessTokenTTL: TOKEN_LIFETIME_SECONDS,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      };
    },
  };
}

/**
 * Configuration of oidc-provider for client credentials and nothing else: no human logs in here. `InvalidTarget` is the provider's own class for a resource that it doesn't serve.
 * @see https://github.com/panva/node-oidc-provider/blob/main/docs/README.md
 */
export function providerConfiguration(
  audience: string,
  jwks: JSONWebKeySet,
  clients: AgentClients,
  InvalidTarget: new (description?: string) => Error,
): Record<string, unknown> {
  const disabled = { enabled: false };
  return {
    adapter: storageOf(clients),
    jwks,
    responseTypes: [],
    scopes: [],
    discovery: { notice: NOTICE },
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    extraTokenClaims: (_context: unknown, token: { clientId: string }) => ({
      groups: clients.groupsOf(token.clientId),
      email: `${token.clientId}@example.com`,
    }),
    ttl: { ClientCredentials: TOKEN_LIFETIME_SECONDS },
    clientBasedCORS: () => false,
    renderError: (context: { type: string; body: string }, out: { error: string }) => {
      context.type = 'html';
      context.body = noticePage('Not available', `The request was refused: ${out.error.replace(/\W/g, ' ')}.`);
    },
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: resourceFeature(audience, InvalidTarget),
      devInteractions: disabled,
      dPoP: disabled,
      pushedAuthorizationRequests: disabled,
      rpInitiatedLogout: disabled,
      userinfo: disabled,
    },
  };
}
