// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Leaf } from '@countersign/evidence';
import { stringify } from 'yaml';
import { type Answer, type Call, call } from '../installation/call.ts';
import type { ConfigFile } from '../installation/config-file.ts';
import { countersign, TREE } from '../installation/countersign.ts';
import { freePorts } from '../installation/free-ports.ts';
import { type ControlPlace, hasConnectors, startGatewayOf } from '../installation/gateway-process.ts';
import { recordsOf } from '../installation/indexed-record.ts';
import type { RunningProcess } from '../installation/running-process.ts';
import type { StoreWire } from '../installation/store-wire.ts';
import { Wire } from '../installation/wire.ts';
import type { Installation } from '../installation.ts';

interface ReplicaParts {
  readonly site: Installation;
  readonly config: ConfigFile;
  readonly configFile: string;
  readonly store: StoreWire;
  readonly tunnel: Wire;
}

/** The gateway's configuration with its state behind this port. */
export function inPostgres(config: ConfigFile, port: number): ConfigFile {
  return { ...config, store: { postgres: { host: '127.0.0.1', port, database: 'postgres', tls: 'off' } } };
}

/** Where a gateway keeps the key that it vouches for approvals with, if no other place is configured. */
export function storeKeyFile({ dataDir }: Pick<ConfigFile, 'dataDir'>): string {
  return join(dataDir, 'keys', 'store.key');
}

/** One of several gateways on one PostgreSQL, each with its own log; on its ways to it and to connectors sits a wire. */
export class Replica implements ControlPlace {
  readonly #parts: ReplicaParts;
  #running: RunningProcess | undefined;

  private constructor(parts: ReplicaParts, running?: RunningProcess) {
    this.#parts = parts;
    this.#running = running;
  }

  /** The gateway of an installation itself, whose store is behind this wire. */
  static async first(site: Installation, store: StoreWire): Promise<Replica> {
    const { config, configFile } = site;
    const tunnel = await Wire.to(config.listeners.tunnel.port ?? 0);
    return new Replica({ site, config, configFile, store, tunnel }, site.gateway);
  }

  /** Another one of the same organisation, ready. */
  static async another(site: Installation, name: string, store: StoreWire): Promise<Replica> {
    const dir = join(site.dir, name);
    await mkdir(dir);
    const ports = await freePorts(['data', 'tunnel', 'control', 'health']);
    const { data, control } = site.config.listeners;
    const listeners = {
      data: { ...data, port: ports.data },
      tunnel: { port: ports.tunnel },
      control: { ...control, port: ports.control },
      health: { port: ports.health },
    };
    const own = { gateway: name, dataDir: join(dir, 'data'), log: { ...site.config.log, dir: join(dir, 'evidence') } };
    const { store: place, ...config } = inPostgres({ ...site.config, ...own, listeners }, store.port);
    const shared = { ...config, store: { ...place, keyFile: storeKeyFile(site.config) } };
    const configFile = join(dir, 'gateway.yaml');
    await writeFile(configFile, stringify(shared, { aliasDuplicateObjects: false }));
    const replica = new Replica({ site, config: shared, configFile, store, tunnel: await Wire.to(ports.tunnel) });
    await replica.start();
    return replica;
  }

  get store(): StoreWire {
    return this.#parts.store;
  }

  /** Where connectors dial it. */
  get tunnel(): Wire {
    return this.#parts.tunnel;
  }

  /** The data listener: `https://127.0.0.1:PORT`. */
  get data(): string {
    return `https://127.0.0.1:${this.#parts.config.listeners.data.port}`;
  }

  get control(): string {
    return `https://127.0.0.1:${this.#parts.config.listeners.control.port}`;
  }

  get caFile(): string {
    return this.#parts.site.caFile;
  }

  get provider(): Installation['provider'] {
    return this.#parts.site.provider;
  }

  async start(): Promise<void> {
    const { config, configFile } = this.#parts;
    const health = `http://127.0.0.1:${config.listeners.health.port}`;
    await startGatewayOf({ tree: TREE, configFile, health }, (started) => {
      this.#running = started;
    });
  }

  /** kill -9, and whatever was kept back is lost. */
  async kill(): Promise<void> {
    await this.#running?.kill();
    this.store.cut();
    this.tunnel.cut();
  }

  hasConnector(cluster: string): Promise<void> {
    return hasConnectors(this, cluster, 1);
  }

  /** One request of an agent; `path` begins with that of the cluster. */
  async call(wanted: Omit<Call, 'url' | 'ca'> & { readonly path: string }): Promise<Answer> {
    return call({ ...wanted, url: `${this.data}${wanted.path}`, ca: await readFile(this.caFile, 'utf8') });
  }

  /** What is on record here, in order; it may be running, or not. */
  async records(): Promise<Leaf[]> {
    return (await recordsOf(this.#logDir)).map(({ record }) => record);
  }

  verify(): Promise<string> {
    const trust = join(this.#parts.config.dataDir, 'evidence-trust.txt');
    return countersign('evidence', 'verify', this.#logDir, '--trust', trust);
  }

  async stop(): Promise<void> {
    this.store.release();
    await this.#running?.stop();
    this.tunnel.close();
    this.store.close();
  }

  get #logDir(): string {
    return join(this.#parts.config.log.dir, 'log');
  }
}
