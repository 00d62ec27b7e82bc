// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AgentClients,
  type ClientCredentials,
  type DevelopmentClient,
  type DevelopmentKeyClient,
} from './agent-clients.ts';
import { DevelopmentIdpError } from './development-idp-error.ts';
import { answerLogin } from './login-page.ts';
import { NOTICE, noticePage } from './notice.ts';
import { type DevelopmentLogin, People } from './people.ts';
import { type ProviderParts, providerConfiguration } from './provider-configuration.ts';
import { loadSigningKeys } from './signing-keys.ts';

const ADDRESS = '127.0.0.1';

export interface DevelopmentIdpOptions {
  /** Keys and client secrets are kept here; it is made when missing, for its owner alone. */
  readonly dir: string;
  /** `aud` of every token: the gateway's. */
  readonly audience: string;
  readonly clients: readonly DevelopmentClient[];
  /** Who may log in with a browser; nobody when absent. */
  readonly login?: DevelopmentLogin;
  /** Part of the issuer, so it must stay the same for tokens to outlive a restart. 0 picks a free one. */
  readonly port: number;
  /** Gets one line that says what this is, and one for each failure of its own. Never a secret or a token. */
  readonly log: (message: string) => void;
}

export interface DevelopmentIdp {
  readonly issuer: string;
  /** By client id. */
  readonly credentials: ReadonlyMap<string, ClientCredentials>;
  /** Takes a further client in, or changes one's groups. @throws DevelopmentIdpError */
  addClient(client: DevelopmentClient): Promise<ClientCredentials>;
  /** Takes a client in that has a key of its own. @throws DevelopmentIdpError */
  addKeyClient(client: DevelopmentKeyClient): void;
  close(): Promise<void>;
}

/** No `form-action`: browsers hold it against where a login leads back to, too. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
} as const;

function sendHtml(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, HEADERS).end(html);
}

function sendPage(response: ServerResponse, status: number, title: string, text: string): void {
  sendHtml(response, status, noticePage(title, text));
}

/** Pages of our own; false when the request is the provider's. A foreign Host is a name that was rebound to loopback. */
function answerPage(
  request: IncomingMessage,
  response: ServerResponse,
  { host, people }: { readonly host: string; readonly people: People | undefined },
): boolean {
  const path = request.url?.split('?')[0];
  if (request.headers.host !== host) sendPage(response, 421, 'Not here', 'The Host header names another server.');
  else if (path === '/')
    sendPage(
      response,
      200,
      'Countersign development identity provider',
      people ? 'Agents get tokens here, and people log in.' : 'Agents get tokens here.',
    );
  else if (path?.startsWith('/auth') && !people)
    sendPage(response, 404, 'No login', 'People cannot log in here: it serves agents only.');
  // The provider's own answer to a form that it gave to no browser ends in an error of its server.
  else if (path === '/device' && request.method === 'POST' && !/(^|; )_session=/.test(request.headers.cookie ?? ''))
    sendPage(response, 400, 'No login', 'This browser was not shown the form.');
  else return false;
  return true;
}

async function listen(server: http.Server, port: number): Promise<number> {
  server.listen(port, ADDRESS);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const message = `the development identity provider can't listen on ${ADDRESS}:${port}; is something else there?`;
    throw new DevelopmentIdpError('ERR_DEVELOPMENT_IDP_PORT', message, { cause });
  }
  return (server.address() as AddressInfo).port;
}

/**
 * Loads oidc-provider when it is needed, as it takes longer than the rest of a command that needs none. Its index is
 * passed by: that writes a warning to stderr for every runtime whose build doesn't name an LTS line.
 */
async function createProvider(issuer: string, parts: Omit<ProviderParts, 'InvalidTarget'>) {
  const [{ Provider }, { InvalidTarget }] = await Promise.all([
    import('oidc-provider/lib/provider.js'),
    import('oidc-provider/lib/helpers/errors.js'),
  ]);
  return new Provider(issuer, providerConfiguration({ ...parts, InvalidTarget }));
}

/**
 * Starts an OpenID provider for trying Countersign on one machine: loopback only, plain HTTP; client
 * credentials for agents, and for the people of `login` code flow with PKCE and the device flow (RFC 8628).
 * Its tokens are ES256 access tokens (RFC 9068) of 15 minutes, `sub` the client's id, with a `groups` claim.
 * @throws DevelopmentIdpError `ERR_DEVELOPMENT_IDP_FILE`, `ERR_DEVELOPMENT_IDP_CLIENT`, `ERR_DEVELOPMENT_IDP_PORT`
 */
export async function startDevelopmentIdp(options: DevelopmentIdpOptions): Promise<DevelopmentIdp> {
  const { dir, audience, port, log, login } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const jwks = await loadSigningKeys(dir);
  const clients = new AgentClients(dir);
  const credentials = new Map<string, ClientCredentials>();
  const addClient = async (client: DevelopmentClient) => {
    const added = await clients.add(client);
    credentials.set(added.clientId, added);
    return added;
  };
  for (const client of options.clients) await addClient(client);
  if (login) credentials.set(login.client.id, await clients.addForLogin(login.client));
  if (login?.deviceClientId !== undefined) clients.addForDevice(login.deviceClientId);
  const people = login && new People(login.people);

  const server = http.createServer();
  const host = `${ADDRESS}:${await listen(server, port)}`;
  const issuer = `http://${host}`;
  const provider = await createProvider(issuer, { audience, jwks, clients, people });
  provider.on('server_error', (_context, error) => log(`development identity provider: ${error.name}`));
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (answerPage(request, response, { host, people })) return;
    if (people && answerLogin(request, response, { provider, people, issuer, send: sendHtml })) return;
    void answer(request, response);
  });
  log(`${issuer}: ${NOTICE}`);
  return {
    issuer,
    credentials,
    addClient,
    addKeyClient: (client) => clients.addWithKey(client),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
