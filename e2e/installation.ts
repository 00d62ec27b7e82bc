// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '@countersign/lab';
import { stringify } from 'yaml';
import { type AuditEvent, connectorAuditEvents } from './installation/audit-events.ts';
import { Caller } from './installation/caller.ts';
import { type AgentOptions, type ConfigFile, configFile } from './installation/config-file.ts';
import { consoleClient, withConsole } from './installation/console.ts';
import { copyBaseline } from './installation/copy-baseline.ts';
import { countersign, startCountersignOf, TREE } from './installation/countersign.ts';
import { freePorts } from './installation/free-ports.ts';
import { hasConnectors, readinessOf, startGatewayOf } from './installation/gateway-process.ts';
import { type IndexedRecord, recordsOf } from './installation/indexed-record.ts';
import { AUDIENCE, Provider } from './installation/provider.ts';
import { replaceFile } from './installation/replace-file.ts';
import type { RunningProcess } from './installation/running-process.ts';
import { type ClusterOptions, startLabs } from './installation/start-labs.ts';
import { writeTls } from './installation/write-tls.ts';

export type { IndexedRecord };

/** Of the quarter of an hour for which a token is good. */
const HOLD_TOKEN_MS = 600_000;

interface HeldToken {
  readonly token: Promise<string>;
  readonly untilMs: number;
}

export interface InstallationOptions {
  readonly clusters: Readonly<Record<string, ClusterOptions>>;
  readonly agents: Readonly<Record<string, AgentOptions>>;
  /** People with tokens of the provider, beside the operator, each with what the `groups` claim says. */
  readonly people?: Readonly<Record<string, readonly string[]>>;
  /** Whether there is a console, to which `people` and the operator log in; its files are those of `npm run build`. */
  readonly console?: boolean;
  /** Whether `people` and the operator log in to the command line, too. */
  readonly deviceLogin?: boolean;
  /** Cedar text of the organisation's set; default: the shipped baseline. */
  readonly organisation?: string;
  /** API groups of custom resources that the baseline lets agents write without asking. */
  readonly openGroups?: readonly string[];
  /** Changes the configuration before it is first written. */
  readonly configure?: (config: ConfigFile) => ConfigFile;
}

/** How a caller differs from the agent's usual one. */
export interface CallerOptions {
  /** Default: the first of the agent's entry. */
  readonly cluster?: string;
  /** Path of another kubectl. */
  readonly kubectl?: string;
}

/** How a connector differs from the usual one. */
export interface ConnectorOptions {
  /** Default: the one of the cluster's lab. */
  readonly kubeconfig?: string;
  /** The tree whose program runs; default: this one. */
  readonly tree?: string;
}

/**
 * Everything that an organisation runs, of real parts only: for each cluster a lab with its kube-apiserver and a
 * connector process that enrolled by the control API, one gateway process, and a development identity provider.
 *
 * ```ts
 * const site = await startInstallation({
 *   clusters: { lab: { policies: '@id("read") permit (principal, action in Action::"read", resource);' } },
 *   agents: { reader: { clusters: { lab: ['countersign:readers'] } } },
 * });
 * const { stdout } = await site.as('reader').kubectl('get', 'configmaps');   // kubectl, gateway, connector, API server
 * const answer = await site.as('reader').call('GET', '/api/v1/namespaces/demo/secrets/database');
 * (await site.records()).filter(({ record }) => record.type === 'answer');   // the evidence log, as the CLI reads it
 * (await site.audit('lab')).map(({ auditID }) => auditID);                   // the API server's own audit log
 * await site.gateway.kill();                                                 // kill -9 …
 * await site.startGateway();                                                 // … and up again, on the same ports
 * await site.stop();
 * ```
 */
export class Installation {
  /** Where everything of it lies but the labs: configuration, policies, data, evidence, kubeconfigs. */
  readonly dir: string;
  readonly provider: Provider;
  readonly connectors = new Map<string, RunningProcess>();
  readonly caFile: string;
  readonly configFile: string;
  readonly #labs: ReadonlyMap<string, Lab>;
  readonly #agents: Readonly<Record<string, AgentOptions>>;
  readonly #gateways: RunningProcess[] = [];
  readonly #tokens = new Map<string, HeldToken>();
  readonly #kubeconfigs = new Map<string, Promise<string>>();
  readonly #openGroups: readonly string[];
  #config: ConfigFile;
  #files = 0;

  constructor(parts: InstallationParts) {
    this.dir = parts.dir;
    this.provider = parts.provider;
    this.caFile = join(parts.dir, 'ca.pem');
    this.configFile = join(parts.dir, 'gateway.yaml');
    this.#labs = parts.labs;
    this.#agents = parts.agents;
    this.#config = parts.config;
    this.#openGroups = parts.openGroups;
  }

  /** The gateway process that was started last. */
  get gateway(): RunningProcess {
    return this.#gateways.at(-1) ?? fail('no gateway was started');
  }

  /** The configuration that was written last. */
  get config(): ConfigFile {
    return this.#config;
  }

  /** The data listener: `https://127.0.0.1:PORT`. */
  get data(): string {
    return `https://127.0.0.1:${this.#config.listeners.data.port}`;
  }

  get control(): string {
    return `https://127.0.0.1:${this.#config.listeners.control.port}`;
  }

  /** The console as browsers see it. */
  get console(): string {
    return this.#config.listeners.console?.origin ?? fail('there is no console');
  }

  get health(): string {
    return `http://127.0.0.1:${this.#config.listeners.health.port}`;
  }

  /** The log directory, the trust file that goes with it, and the keys of sealed fields. */
  get evidence(): { readonly dir: string; readonly trust: string; readonly keys: string } {
    const { dataDir, log } = this.#config;
    return { dir: join(log.dir, 'log'), trust: join(dataDir, 'evidence-trust.txt'), keys: join(dataDir, 'keys') };
  }

  /** What all processes of the product have written so far, also those that ended. */
  get output(): string {
    const processes = [...this.#gateways, ...this.connectors.values()];
    return [...processes.map(({ output }) => output), ...this.provider.log].join('\n');
  }

  lab(cluster: string): Lab {
    return this.#labs.get(cluster) ?? fail(`no cluster ${cluster}`);
  }

  /** Writes another configuration; the running gateway sees it within two seconds. */
  async configure(change: (config: ConfigFile) => ConfigFile): Promise<void> {
    this.#config = change(this.#config);
    await this.writeConfig(stringify(this.#config, { aliasDuplicateObjects: false }));
  }

  /** Replaces the configuration file as it stands, valid or not. */
  async writeConfig(text: string): Promise<void> {
    await replaceFile(this.configFile, text);
  }

  /** Starts the gateway of a tree by its configuration file and resolves when it is ready. */
  async startGateway(tree = TREE): Promise<void> {
    await startGatewayOf({ tree, configFile: this.configFile, health: this.health }, (started) =>
      this.#gateways.push(started),
    );
  }

  /** The status of `/readyz`; undefined when nothing answers. */
  async readiness(): Promise<number | undefined> {
    return readinessOf(this.health);
  }

  /** A join token for a cluster, and the CA to trust the gateway by, as an operator gets them: two files. */
  async joinToken(cluster: string): Promise<{ readonly tokenFile: string; readonly caFile: string }> {
    const operator = await this.file('operator-token', await this.provider.token('operator'));
    const [tokenFile, caFile] = [this.#newPath('join-token'), this.#newPath('tunnel-ca.pem')];
    const control = ['--control', this.control, '--ca', this.caFile, '--token-file', operator];
    await countersign('clusters', 'join-token', cluster, ...control, '--out', tokenFile, '--ca-out', caFile);
    return { tokenFile, caFile };
  }

  /** Starts the cluster's connector, which enrols the first time, and resolves when it is connected. */
  async startConnector(cluster: string, options: ConnectorOptions = {}): Promise<void> {
    const enrolment = this.connectors.has(cluster) ? undefined : await this.joinToken(cluster);
    const connector = startCountersignOf(
      options.tree ?? TREE,
      'connector',
      ...['--gateway', `127.0.0.1:${this.#config.listeners.tunnel.port}`],
      ...['--state', join(this.dir, `connector-${cluster}`)],
      ...['--kubeconfig', options.kubeconfig ?? this.lab(cluster).connectorKubeconfig],
      ...(enrolment ? ['--join-file', enrolment.tokenFile, '--ca', enrolment.caFile] : []),
    );
    this.connectors.set(cluster, connector);
    await connector.stderr.find((line) => line.includes('"event":"connected"'));
    await this.hasConnectors(cluster, 1);
  }

  /** Resolves when the gateway uses so many connectors of a cluster: later than they say that they are connected. */
  async hasConnectors(cluster: string, count: number): Promise<void> {
    await hasConnectors(this, cluster, count);
  }

  /** A caller that is this agent. */
  as(agent: string, options: CallerOptions = {}): Caller {
    const cluster = options.cluster ?? Object.keys(this.#agents[agent]?.clusters ?? {})[0] ?? '';
    return new Caller({
      server: `${this.data}/clusters/${cluster}`,
      caFile: this.caFile,
      kubeconfig: () => once(this.#kubeconfigs, `${agent}.${cluster}`, () => this.#writeKubeconfig(agent, cluster)),
      kubectl: options.kubectl ?? this.lab(cluster).kubectl,
      cacheDir: join(this.dir, 'kubectl', `${agent}.${cluster}`),
      token: () => this.token(agent),
    });
  }

  /** The agent's token: the same for as long as it is good for some minutes yet. */
  token(agent: string): Promise<string> {
    const held = this.#tokens.get(agent);
    if (held && performance.now() < held.untilMs) return held.token;
    const token = this.freshToken(agent);
    this.#tokens.set(agent, { token, untilMs: performance.now() + HOLD_TOKEN_MS });
    return token;
  }

  /** A token that nobody has seen yet: of the provider, or of the agent's service account. */
  async freshToken(agent: string): Promise<string> {
    const account = this.#agents[agent]?.serviceAccount;
    if (!account) return this.provider.token(agent);
    const { status, body } = await this.lab(account.cluster).admin.request(
      'POST',
      `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`,
      { spec: { audiences: [AUDIENCE], expirationSeconds: 900 } },
    );
    return status === 201 ? body.status.token : fail(`no token for ${agent}: ${status} ${body.message}`);
  }

  /** Writes a file for a command to read, an object as JSON, and returns its path. */
  async file(name: string, content: string | object): Promise<string> {
    const path = this.#newPath(name);
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
    return path;
  }

  /** Replaces a cluster's policy set; the running gateway sees it within two seconds. */
  async writePolicies(cluster: string, cedar: string): Promise<void> {
    const dir = join(this.#config.policies.dir, 'clusters', cluster);
    await mkdir(dir, { recursive: true });
    await replaceFile(join(dir, 'e2e.cedar'), cedar);
  }

  /** Replaces the organisation's set by the baseline of a tree; the running gateway sees it within two seconds. */
  async useBaseline(tree: string): Promise<void> {
    await copyBaseline(join(this.#config.policies.dir, 'organisation'), tree, this.#openGroups);
  }

  /** Takes an agent out of the first rule of a file of the organisation's set. */
  async exempt(agent: string, file: string): Promise<void> {
    const path = join(this.#config.policies.dir, 'organisation', file);
    const text = await readFile(path, 'utf8');
    await replaceFile(path, text.replace('resource);', `resource) unless { principal == Agent::"${agent}" };`));
  }

  /** The evidence log as `countersign evidence list` reads it, from an index on; the gateway may be running. */
  records(from = 0): Promise<IndexedRecord[]> {
    return recordsOf(this.evidence.dir, from);
  }

  /** The events of a cluster's own audit log that its connector caused. */
  audit(cluster: string): Promise<AuditEvent[]> {
    return connectorAuditEvents(this.lab(cluster));
  }

  /** Ends everything: connectors, gateway, provider, labs. */
  async stop(): Promise<void> {
    await Promise.all([...this.connectors.values()].map((connector) => connector.stop()));
    await Promise.all(this.#gateways.map((gateway) => gateway.stop()));
    await this.provider.stop();
    await Promise.all([...this.#labs.values()].map((lab) => lab.stop()));
    await rm(this.dir, { recursive: true, force: true });
  }

  #newPath(name: string): string {
    this.#files += 1;
    return join(this.dir, 'files', `${this.#files}-${name}`);
  }

  async #writeKubeconfig(agent: string, cluster: string): Promise<string> {
    const path = this.#newPath(`${agent}.kubeconfig`);
    const usesAccount = this.#agents[agent]?.serviceAccount !== undefined;
    const source = usesAccount
      ? ['--token-file', await this.file(`${agent}.token`, await this.token(agent))]
      : ['--issuer', this.provider.issuer, '--client-id', agent].concat([
          '--client-secret-file',
          this.provider.secretFile(agent),
        ]);
    const where = ['--cluster', cluster, '--server', this.data, '--ca', this.caFile, '--namespace', 'demo'];
    await countersign('kubeconfig', agent, ...where, ...source, '--out', path);
    return path;
  }
}

interface InstallationParts {
  readonly dir: string;
  readonly provider: Provider;
  readonly labs: ReadonlyMap<string, Lab>;
  readonly agents: Readonly<Record<string, AgentOptions>>;
  readonly config: ConfigFile;
  readonly openGroups: readonly string[];
}

function fail(message: string): never {
  throw new TypeError(message);
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

function startProvider(dir: string, options: InstallationOptions, consolePort: number): Promise<Provider> {
  const { agents, people = {} } = options;
  const ofProvider = Object.entries(agents).filter(([, { serviceAccount }]) => !serviceAccount);
  const clients = ofProvider.map(([id, { claimedGroups = [] }]) => ({ id, groups: claimedGroups }));
  const humans = Object.entries(people).map(([id, groups]) => ({ id, groups }));
  const persons = [...humans, { id: 'operator', groups: ['operators'] }];
  const device = options.deviceLogin ? { deviceClientId: 'cli' } : {};
  const hasLogin = options.console || options.deviceLogin;
  const login = hasLogin ? { client: consoleClient(consolePort), people: persons, ...device } : undefined;
  return Provider.start(dir, [...clients, ...persons], login);
}

async function writeOrganisation(dir: string, cedar: string): Promise<void> {
  await mkdir(dir);
  await writeFile(join(dir, 'e2e.cedar'), cedar);
}

/** Starts everything, connectors connected. A part that does not start takes those that did with it. */
export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const { clusters, agents } = options;
  const dir = await mkdtemp(join(tmpdir(), 'countersign-e2e-'));
  for (const name of ['files', 'kubectl', 'policies']) await mkdir(join(dir, name));
  const { organisation, openGroups = [] } = options;
  const ofOrganisation = join(dir, 'policies', 'organisation');
  if (organisation === undefined) await copyBaseline(ofOrganisation, TREE, openGroups);
  else await writeOrganisation(ofOrganisation, organisation);
  const labs = await startLabs(clusters, agents);
  const ports = await freePorts(['data', 'tunnel', 'control', 'health', 'console']);
  const provider = await startProvider(dir, options, ports.console);
  const plain = configFile({
    dir,
    ports,
    tls: await writeTls(dir),
    providerIssuer: provider.issuer,
    clusters: Object.fromEntries([...labs].map(([name, lab]) => [name, lab.serviceAccountIssuer])),
    agents,
  });
  const config = options.console ? withConsole(plain, ports.console, provider) : plain;
  const site = new Installation({ dir, provider, labs, agents, config, openGroups });
  try {
    for (const [name, { policies }] of Object.entries(clusters)) await site.writePolicies(name, policies);
    await site.configure(options.configure ?? ((same) => same));
    await site.startGateway();
    for (const name of Object.keys(clusters)) await site.startConnector(name);
    return site;
  } catch (error) {
    await site.stop();
    throw error;
  }
}
