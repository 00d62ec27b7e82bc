// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import type { AgentClients } from './agent-clients.ts';
import { devicePages } from './device-pages.ts';
import { loginPath } from './login-page.ts';
import { MemoryStorage } from './memory-storage.ts';
import { NOTICE, noticePage } from './notice.ts';
import type { People } from './people.ts';

/** Lifetime of a token, in seconds. */
const TOKEN_LIFETIME_SECONDS = 900;
/** For how long a program may have further tokens of whoever logged in to it: a working day. */
const LOGIN_LIFETIME_SECONDS = 43_200;
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

/** Of a browser only the form is remembered that it was given: each login asks who it is, as one browser is several people here. */
class Browsers extends MemoryStorage {
  override async find(id: string) {
    const { jti, uid, kind, iat, exp, state } = (await super.find(id)) ?? {};
    return state === undefined ? undefined : { jti, uid, kind, iat, exp, state };
  }

  override async findByUid(): Promise<undefined> {
    return undefined;
  }
}

/**
 * The provider's storage: clients, spent assertions, and of people who log in what is under way, in memory. JWT access tokens
 * need none.
 * @see https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js
 */
function storageOf(clients: AgentClients): (model: string) => object {
  const models = new Map<string, object>();
  const withMethods = (own: object) => Object.assign(new MemoryStorage(), own);
  models.set('Client', withMethods({ find: async (id: string) => clients.metadataOf(id) }));
  models.set('ReplayDetection', withMethods(spentOnce()));
  models.set('Session', new Browsers());
  return (model) => {
    const storage = models.get(model) ?? new MemoryStorage();
    models.set(model, storage);
    return storage;
  };
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

export interface ProviderParts {
  readonly audience: string;
  readonly jwks: JSONWebKeySet;
  readonly clients: AgentClients;
  /** Who may log in; undefined: nobody. */
  readonly people: People | undefined;
  /** The provider's own class for a resource that it doesn't serve. */
  readonly InvalidTarget: new (
    description?: string,
  ) => Error;
}

interface GrantContext {
  readonly oidc: {
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string };
    readonly provider: {
      readonly Grant: new (
        parts: object,
      ) => {
        addOIDCScope(scope: string): void;
        addResourceScope(resource: string, scope: string): void;
        save(): Promise<string>;
      };
    };
  };
}

/** Nobody is asked for consent: the one program to log in to is ours. */
async function grantAll({ oidc: { client, session, provider } }: GrantContext) {
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid offline_access');
  grant.addResourceScope(RESOURCE, '');
  await grant.save();
  return grant;
}

/** Login by code flow with PKCE, and by a code that another program shows. */
function loginFeatures(people: People) {
  return {
    responseTypes: ['code'],
    scopes: ['openid', 'offline_access'],
    pkce: { required: () => true },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    findAccount: (_context: unknown, id: string) =>
      people.has(id) ? { accountId: id, claims: async () => ({ sub: id }) } : undefined,
    loadExistingGrant: grantAll,
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => loginPath(uid) },
    expiresWithSession: () => false,
  };
}

/**
 * Configuration of oidc-provider for client credentials, and for people to log in where there are any.
 * @see https://github.com/panva/node-oidc-provider/blob/main/docs/README.md
 */
export function providerConfiguration(parts: ProviderParts): Record<string, unknown> {
  const { audience, jwks, clients, people, InvalidTarget } = parts;
  const disabled = { enabled: false };
  const groupsOf = ({ accountId, clientId }: Bearer) =>
    accountId === undefined ? clients.groupsOf(clientId) : (people?.groupsOf(accountId) ?? []);
  return {
    adapter: storageOf(clients),
    jwks,
    responseTypes: [],
    scopes: [],
    ...(people ? loginFeatures(people) : {}),
    discovery: { notice: NOTICE },
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    extraTokenClaims: (_context: unknown, token: Bearer) => ({
      groups: groupsOf(token),
      email: `${token.accountId ?? token.clientId}@example.com`,
      email_verified: true,
    }),
    ttl: {
      ClientCredentials: TOKEN_LIFETIME_SECONDS,
      AccessToken: TOKEN_LIFETIME_SECONDS,
      IdToken: TOKEN_LIFETIME_SECONDS,
      AuthorizationCode: 60,
      Interaction: 600,
      Session: TOKEN_LIFETIME_SECONDS,
      Grant: LOGIN_LIFETIME_SECONDS,
      RefreshToken: LOGIN_LIFETIME_SECONDS,
      DeviceCode: 600,
    },
    clientBasedCORS: () => false,
    renderError: (context: { type: string; body: string }, out: { error: string }) => {
      context.type = 'html';
      context.body = noticePage('Not available', `The request was refused: ${out.error.replace(/\W/g, ' ')}.`);
    },
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: resourceFeature(audience, InvalidTarget),
      ...(people ? { deviceFlow: devicePages, revocation: { enabled: true, allowedPolicy: isOwn } } : {}),
      devInteractions: disabled,
      dPoP: disabled,
      pushedAuthorizationRequests: disabled,
      rpInitiatedLogout: disabled,
      userinfo: disabled,
    },
  };
}

/** A client takes back what it was given itself. */
const isOwn = (_context: unknown, client: Bearer, token: Bearer) => client.clientId === token.clientId;

/** Whom a token is of: a person, or the client itself. */
interface Bearer {
  readonly clientId: string;
  readonly accountId?: string;
}
