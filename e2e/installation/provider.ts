// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DevelopmentClient,
  type DevelopmentIdp,
  type DevelopmentLogin,
  startDevelopmentIdp,
} from '@countersign/gateway';

/** The one audience of every token. */
export const AUDIENCE = 'countersign';

/** The parts of a token, as JSON; a member that is undefined is left out. */
export interface TokenParts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString());

/** A development identity provider that can be stopped and started again, with the same issuer and keys. */
export class Provider {
  readonly #dir: string;
  readonly #clients: readonly DevelopmentClient[];
  readonly #login: DevelopmentLogin | undefined;
  readonly log: string[] = [];
  #running: DevelopmentIdp | undefined;
  #port = 0;

  private constructor(dir: string, clients: readonly DevelopmentClient[], login: DevelopmentLogin | undefined) {
    this.#dir = dir;
    this.#clients = clients;
    this.#login = login;
  }

  static async start(
    dir: string,
    clients: readonly DevelopmentClient[],
    login?: DevelopmentLogin | undefined,
  ): Promise<Provider> {
    const provider = new Provider(join(dir, 'identity-provider'), clients, login);
    await provider.start();
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#running = await startDevelopmentIdp({
      dir: this.#dir,
      audience: AUDIENCE,
      clients: this.#clients,
      port: this.#port,
      ...(this.#login ? { login: this.#login } : {}),
      log: (message) => this.log.push(message),
    });
    this.#port = Number(new URL(this.#running.issuer).port);
  }

  async stop(): Promise<void> {
    await this.#running?.close();
    this.#running = undefined;
  }

  secretFile(client: string): string {
    return join(this.#dir, 'clients', `${client}.secret`);
  }

  /** A new token, by client credentials. */
  async token(client: string): Promise<string> {
    const secret = (await readFile(this.secretFile(client), 'utf8')).trim();
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await response.json()) as { readonly access_token: string };
    return token;
  }

  /** A token that it would never make: a client's own with other parts, but signed with the provider's key. */
  async forge(client: string, change: (parts: TokenParts) => Partial<TokenParts>): Promise<string> {
    const [header, claims] = (await this.token(client)).split('.');
    const parts = { header: decode(header), claims: decode(claims) };
    const { header: otherHeader, claims: otherClaims } = change(parts);
    const input = [
      { ...parts.header, ...otherHeader },
      { ...parts.claims, ...otherClaims },
    ]
      .map(encode)
      .join('.');
    const { keys } = JSON.parse(await readFile(join(this.#dir, 'keys.json'), 'utf8'));
    const key = createPrivateKey({ key: keys[0], format: 'jwk' });
    return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }
}
