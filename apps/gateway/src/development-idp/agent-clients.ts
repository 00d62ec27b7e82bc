// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { DevelopmentIdpError } from './development-idp-error.ts';
import { keepPrivateFile } from './private-file.ts';

const CLIENT_ID = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** An agent that may have tokens: its id is client id and `sub`. */
export interface DevelopmentClient {
  readonly id: string;
  /** What its tokens say in the `groups` claim. */
  readonly groups: readonly string[];
}

/** A program that people log in to, where they come back to with a code: it gets tokens of theirs, and none of its own. */
export interface DevelopmentLoginClient {
  readonly id: string;
  readonly redirectUri: string;
}

/** Where the client's secret lies: 0600, one line, kept over restarts. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly secretFile: string;
}

/** An agent that proves itself with a key of its own (`private_key_jwt`, RFC 7523 §2.2): no secret is made for it. */
export interface DevelopmentKeyClient extends DevelopmentClient {
  readonly publicKey: JWK;
}

interface KnownClient {
  readonly groups: readonly string[];
  /** Client metadata (RFC 7591 §2): how it authenticates, and for what. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Of a client that asks for itself. */
const FOR_ITSELF = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };

function assertClientId(id: string): void {
  if (CLIENT_ID.test(id)) return;
  const problem = `${JSON.stringify(id)} is no client id: lower-case letters, digits and dashes, at most 63`;
  throw new DevelopmentIdpError('ERR_DEVELOPMENT_IDP_CLIENT', problem);
}

/** The clients of a development identity provider, with their secrets in `<dir>/clients`. */
export class AgentClients {
  readonly #dir: string;
  readonly #clients = new Map<string, KnownClient>();

  constructor(dir: string) {
    this.#dir = join(dir, 'clients');
  }

  /** Takes a client in, or changes its groups. @throws DevelopmentIdpError */
  add({ id, groups }: DevelopmentClient): Promise<ClientCredentials> {
    return this.#addWithSecret(id, groups, FOR_ITSELF);
  }

  /** Takes a client in that people log in to. @throws DevelopmentIdpError */
  addForLogin({ id, redirectUri }: DevelopmentLoginClient): Promise<ClientCredentials> {
    const metadata = { grant_types: ['authorization_code'], response_types: ['code'], redirect_uris: [redirectUri] };
    return this.#addWithSecret(id, [], metadata);
  }

  /** Takes a client in that has no browser of its own, and no secret: people log in for it (RFC 8628). @throws DevelopmentIdpError */
  addForDevice(id: string): void {
    assertClientId(id);
    const grantTypes = ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'];
    const forPeople = { grant_types: grantTypes, response_types: [], redirect_uris: [] };
    this.#clients.set(id, { groups: [], metadata: { ...forPeople, token_endpoint_auth_method: 'none' } });
  }

  async #addWithSecret(
    id: string,
    groups: readonly string[],
    metadata: KnownClient['metadata'],
  ): Promise<ClientCredentials> {
    assertClientId(id);
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const secretFile = join(this.#dir, `${id}.secret`);
    const text = await keepPrivateFile(secretFile, async () => `${randomBytes(32).toString('base64url')}\n`);
    const secret = text.trim();
    if (secret === '') throw new DevelopmentIdpError('ERR_DEVELOPMENT_IDP_FILE', `${secretFile} is empty: remove it`);
    this.#clients.set(id, {
      groups: [...groups],
      metadata: { ...metadata, token_endpoint_auth_method: 'client_secret_basic', client_secret: secret },
    });
    return { clientId: id, secretFile };
  }

  /** Takes a client with a key in. @throws DevelopmentIdpError */
  addWithKey({ id, groups, publicKey }: DevelopmentKeyClient): void {
    assertClientId(id);
    this.#clients.set(id, {
      groups: [...groups],
      metadata: { ...FOR_ITSELF, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicKey] } },
    });
  }

  groupsOf(id: string): readonly string[] {
    return this.#clients.get(id)?.groups ?? [];
  }

  /** Client metadata as the provider wants it; undefined for a stranger. */
  metadataOf(id: string): Record<string, unknown> | undefined {
    const client = this.#clients.get(id);
    return client && { client_id: id, ...client.metadata };
  }
}
