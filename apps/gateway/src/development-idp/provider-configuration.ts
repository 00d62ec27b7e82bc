// SPDX-License-Identifier: Apache-2.0
import type { JSONWebKeySet } from 'jose';
import { type Adapter, errors } from 'oidc-provider';
import type { AgentClients } from './agent-clients.ts';
import { NOTICE, noticePage } from './notice.ts';

/** Lifetime of a token, in seconds. */
export const TOKEN_LIFETIME_SECONDS = 900;
/** Stands for the gateway in a token request; a resource indicator must be a URI, and an audience need not be one. */
const RESOURCE = 'urn:countersign:gateway';

/** Knows clients and keeps nothing: JWT access tokens need no memory. */
function clientsOnly(clients: AgentClients): (model: string) => Adapter {
  const nothing = async () => undefined;
  return (model) => ({
    find: async (id) => (model === 'Client' ? clients.metadataOf(id) : undefined),
    findByUid: nothing,
    findByUserCode: nothing,
    upsert: nothing,
    consume: nothing,
    destroy: nothing,
    revokeByGrantId: nothing,
  });
}

function resourceFeature(audience: string) {
  return {
    enabled: true,
    defaultResource: () => RESOURCE,
    getResourceServerInfo: (_context: unknown, resource: string) => {
      if (resource !== RESOURCE && resource !== audience)
        throw new errors.InvalidTarget('this gateway is the only resource');
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
 * Configuration of oidc-provider for client credentials and nothing else: no human logs in here, nothing is kept but
 * keys and client secrets.
 * @see https://github.com/panva/node-oidc-provider/blob/main/docs/README.md
 */
export function providerConfiguration(
  audience: string,
  jwks: JSONWebKeySet,
  clients: AgentClients,
): Record<string, unknown> {
  const disabled = { enabled: false };
  return {
    adapter: clientsOnly(clients),
    jwks,
    responseTypes: [],
    scopes: [],
    discovery: { notice: NOTICE },
    clientAuthMethods: ['client_secret_basic'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    extraTokenClaims: (_context: unknown, token: { clientId: string }) => ({
      groups: clients.groupsOf(token.clientId),
    }),
    ttl: { ClientCredentials: TOKEN_LIFETIME_SECONDS },
    clientBasedCORS: () => false,
    renderError: (context: { type: string; body: string }, out: { error: string }) => {
      context.type = 'html';
      context.body = noticePage('Not available', `The request was refused: ${out.error.replace(/\W/g, ' ')}.`);
    },
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: resourceFeature(audience),
      devInteractions: disabled,
      dPoP: disabled,
      pushedAuthorizationRequests: disabled,
      rpInitiatedLogout: disabled,
      userinfo: disabled,
    },
  };
}
