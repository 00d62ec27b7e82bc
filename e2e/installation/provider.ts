// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DevelopmentClient, type DevelopmentIdp, startDevelopmentIdp } from '@countersign/gateway';

/** The one audience of every token. */
export const AUDIENCE = 'countersign';

/** A development identity provider that can be stopped and started again, with the same issuer and keys. */
export class Provider {
  readonly #dir: string;
  readonly #clients: readonly DevelopmentClient[];
  readonly log: string[] = [];
  #running: DevelopmentIdp | undefined;
  #port = 0;

  private constructor(dir: string, clients: readonly DevelopmentClient[]) {
    this.#dir = dir;
    this.#clients = clients;
  }

  static async start(dir: string, clients: readonly DevelopmentClient[]): Promise<Provider> {
    const provider = new Provider(join(dir, 'identity-provider'), clients);
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
}
