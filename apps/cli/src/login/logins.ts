// SPDX-License-Identifier: Apache-2.0
import { mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import { MAX_BYTES, readSmallFile } from '../credential/small-file.ts';
import { writeOwnerFile } from '../kubeconfig/agent-kubeconfig.ts';

/** Whoever logs in at one more forgets the one that was not used for longest. */
const MAX_LOGINS = 8;
/** Renewing takes two answers of an identity provider, each of which is waited for 10 s. */
const LOCK_MS = 25_000;
const LOCK_AGAIN_MS = 50;

/** Where somebody logs in, and for what. */
export interface LoginSettings {
  /** Origin of the control listener. */
  readonly control: string;
  /** Its CA, an absolute path; the public ones when absent. */
  readonly ca?: string | undefined;
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly resource?: string | undefined;
}

export interface LoginTokens {
  readonly accessToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
  readonly refreshToken?: string | undefined;
}

export interface Login extends LoginSettings {
  readonly tokens: LoginTokens;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isLogin(value: unknown): value is Login {
  const login = Object(value);
  const tokens = Object(login.tokens);
  return (
    [login.control, login.issuer, login.clientId, login.scope, tokens.accessToken].every(isText) &&
    [login.ca, login.resource, tokens.refreshToken].every((text) => text === undefined || isText(text)) &&
    Number.isSafeInteger(tokens.expiresAtMs)
  );
}

function parseLogins(text: string, path: string): readonly Login[] {
  try {
    const { logins } = JSON.parse(text);
    if (Array.isArray(logins) && logins.every(isLogin)) return logins;
  } catch {
    // Said below: a parse error would quote a token.
  }
  throw new CliError(2, `${path} holds no logins: remove it, and log in again`);
}

/**
 * Where logins are kept: state of this machine, not configuration.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function loginsPath({ XDG_STATE_HOME }: Readonly<Record<string, string | undefined>>): string {
  const state = XDG_STATE_HOME !== undefined && isAbsolute(XDG_STATE_HOME) ? XDG_STATE_HOME : undefined;
  return join(state ?? join(homedir(), '.local', 'state'), 'countersign', 'logins.json');
}

/** The logins of whoever runs this, the latest first, in a file for their eyes alone. */
export class Logins {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws CliError (2) where others may read them, or they can't be understood */
  async read(): Promise<readonly Login[]> {
    const found = await stat(this.path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw new CliError(2, `${this.path} can't be read (${cause.code})`, { cause });
    });
    if (!found) return [];
    if ((found.mode & 0o077) !== 0)
      throw new CliError(2, `others may read ${this.path}, where your tokens are: run chmod 600 on it, or remove it`);
    return parseLogins(await readSmallFile(this.path, 'the file of your logins'), this.path);
  }

  /** That of a control listener, or the latest. */
  async find(control: string | undefined): Promise<Login | undefined> {
    const logins = await this.read();
    return control === undefined ? logins[0] : logins.find((login) => login.control === control);
  }

  /** Takes a login in, in the place of any other at the same control listener, and first. @throws CliError (2) */
  async keep(login: Login): Promise<void> {
    await this.#write([login, ...(await this.#others(login))]);
  }

  /** Changes the tokens of a login, where it stands. @throws CliError (2) */
  async renew(login: Login): Promise<void> {
    const logins = await this.read();
    await this.#write(logins.map((one) => (one.control === login.control ? login : one)));
  }

  /** @throws CliError (2) */
  async forget(login: Login): Promise<void> {
    await this.#write(await this.#others(login));
  }

  /** Does a piece of work while no other command changes the file. @throws CliError (1) where another doesn't end */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const { lockHome, LogError } = await import('@countersign/gateway');
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const until = Date.now() + LOCK_MS;
    const lock = async (): Promise<() => void> => {
      try {
        return lockHome(`${this.path}.lock`);
      } catch (cause) {
        if (!(cause instanceof LogError)) throw cause;
        if (Date.now() > until) throw new CliError(1, `another command holds ${this.path}: try again`, { cause });
      }
      await wait(LOCK_AGAIN_MS);
      return lock();
    };
    const unlock = await lock();
    try {
      return await work();
    } finally {
      unlock();
    }
  }

  async #others({ control }: LoginSettings): Promise<readonly Login[]> {
    return (await this.read()).filter((login) => login.control !== control);
  }

  async #write(logins: readonly Login[]): Promise<void> {
    let kept = logins.slice(0, MAX_LOGINS);
    while (kept.length > 1 && textOf(kept).length > MAX_BYTES) kept = kept.slice(0, -1);
    const text = textOf(kept);
    if (text.length > MAX_BYTES) throw new CliError(1, 'the tokens of this login are too long to be kept');
    await writeOwnerFile(this.path, text);
  }
}

function textOf(logins: readonly Login[]): string {
  return `${JSON.stringify({ logins }, null, 2)}\n`;
}
