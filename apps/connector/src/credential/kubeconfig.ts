// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConnectorError } from '../connector-error.ts';
import { cachedSource } from './cached-source.ts';
import type { ClusterCredential, CredentialSource } from './cluster-credential.ts';
import { execPlugin, type PluginRunner, pluginRunner } from './exec-credential.ts';

const MAX_BYTES = 4 * 1024 * 1024;

const text = z.string().min(1).nullish();

const clusterEntry = z.object({
  server: z.string(),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'tls-server-name': text,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'proxy-url': text,
});

const userEntry = z.object({
  token: text,
  tokenFile: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  exec: execPlugin.nullish(),
  username: text,
  'auth-provider': z.unknown().optional(),
  as: text,
  'as-groups': z.array(z.string()).nullish(),
});
type UserEntry = z.infer<typeof userEntry>;

const kubeconfig = z.object({
  'current-context': text,
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(z.object({ name: z.string(), cluster: z.unknown().optional() })),
  users: z.array(z.object({ name: z.string(), user: z.unknown().optional() })),
});

/** Which context of which file. */
export interface KubeconfigOptions {
  readonly file: string;
  /** Default: the file's current context. */
  readonly context?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
}

/**
 * A credential from a kubeconfig. File, token file and certificate files are re-read, credential plugins run again when
 * their answer expires or is refused. What would weaken the connection or act as somebody else is refused:
 * `insecure-skip-tls-verify`, `as`, passwords, plain HTTP.
 * @throws ConnectorError `ERR_CONNECTOR_KUBECONFIG` when the file is not usable now
 */
export async function kubeconfigSource(options: KubeconfigOptions): Promise<CredentialSource> {
  const directory = dirname(resolve(options.file));
  const plugins = pluginRunner({ environment: options.environment, directory, now: options.now });
  await readContext(options);
  return cachedSource(
    async () => {
      const { cluster, user } = await readContext(options);
      return complete(cluster, user, directory, plugins);
    },
    { now: options.now, onReject: plugins.forget },
  );
}

type ClusterEntry = z.infer<typeof clusterEntry>;

async function readContext(options: KubeconfigOptions): Promise<{ cluster: ClusterEntry; user: UserEntry }> {
  const { file } = options;
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new ConnectorError('ERR_CONNECTOR_KUBECONFIG', `${file} can't be read (${cause.code})`);
  });
  if (bytes.byteLength > MAX_BYTES) throw problem(file, 'is too large');
  const whole = kubeconfig.safeParse(parseYaml(file, bytes.toString()));
  if (!whole.success) throw problem(file, `is not a kubeconfig: ${where(whole.error)}`);
  const name = options.context ?? whole.data['current-context'];
  const found = whole.data.contexts.find((entry) => entry.name === name)?.context;
  if (!found) throw problem(file, `${missingContext(name)}; it has ${namesOf(whole.data.contexts)}`);
  const cluster = clusterEntry.safeParse(whole.data.clusters.find((entry) => entry.name === found.cluster)?.cluster);
  const user = userEntry.safeParse(whole.data.users.find((entry) => entry.name === found.user)?.user ?? {});
  if (!cluster.success) throw problem(file, `cluster ${JSON.stringify(found.cluster)}: ${where(cluster.error)}`);
  if (!user.success) throw problem(file, `user ${JSON.stringify(found.user)}: ${where(user.error)}`);
  assertSupported(file, cluster.data, user.data);
  return { cluster: cluster.data, user: user.data };
}

function missingContext(name: string | null | undefined): string {
  return name ? `has no context ${JSON.stringify(name)}` : 'has no current-context';
}

function namesOf(contexts: readonly { readonly name: string }[]): string {
  return contexts.map(({ name }) => JSON.stringify(name)).join(', ') || 'none at all';
}

function parseYaml(file: string, content: string): unknown {
  try {
    return parse(content);
  } catch {
    // A YAML error quotes the line, and the line may hold a key.
    throw problem(file, 'is not YAML');
  }
}

function where(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'the entry'} is missing or wrong`).join('; ');
}

function problem(file: string, what: string): ConnectorError {
  return new ConnectorError('ERR_CONNECTOR_KUBECONFIG', `${file} ${what}`);
}

function assertSupported(file: string, cluster: ClusterEntry, user: UserEntry): void {
  const refused: readonly (readonly [found: boolean, what: string])[] = [
    [cluster['insecure-skip-tls-verify'] === true, 'insecure-skip-tls-verify: the API server is always verified'],
    [Boolean(cluster['proxy-url']), 'proxy-url, which is not supported'],
    [Boolean(user.username), 'username and password, which no API server takes'],
    [user['auth-provider'] !== undefined, 'auth-provider, which Kubernetes 1.26 removed: use exec'],
    [Boolean(user.as) || Boolean(user['as-groups']?.length), 'as: the gateway says on whose behalf each request is'],
  ];
  const first = refused.find(([found]) => found);
  if (first) throw problem(file, `has ${first[1]}`);
}

async function complete(
  cluster: ClusterEntry,
  user: UserEntry,
  directory: string,
  plugins: PluginRunner,
): Promise<ClusterCredential> {
  const ca = await dataOrFile(directory, cluster['certificate-authority-data'], cluster['certificate-authority']);
  const plugin = user.exec ? await plugins.run(user.exec, pluginCluster(cluster, ca)) : undefined;
  const certificate = await dataOrFile(directory, user['client-certificate-data'], user['client-certificate']);
  const key = await dataOrFile(directory, user['client-key-data'], user['client-key']);
  const token = user.tokenFile ? (await readFile(resolve(directory, user.tokenFile), 'utf8')).trim() : user.token;
  const held = plugin ? plugin.token : token || undefined;
  const client = plugin?.client ?? (certificate && key ? { certificate, key } : undefined);
  if (held === undefined && client === undefined) {
    const message = 'the user of the kubeconfig has no token, and no certificate with its key: it would be nobody';
    throw new ConnectorError('ERR_CONNECTOR_KUBECONFIG', message);
  }
  return { ...parseServer(cluster), ca, token: held, client };
}

async function dataOrFile(
  directory: string,
  data: string | null | undefined,
  file: string | null | undefined,
): Promise<string | undefined> {
  if (data) return Buffer.from(data, 'base64').toString();
  return file ? readFile(resolve(directory, file), 'utf8') : undefined;
}

/** What a plugin that asks for it is told of the cluster. */
function pluginCluster(cluster: ClusterEntry, ca: string | undefined): unknown {
  return {
    server: cluster.server,
    ...(cluster['tls-server-name'] && { 'tls-server-name': cluster['tls-server-name'] }),
    ...(ca && { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
  };
}

function parseServer(cluster: ClusterEntry): Pick<ClusterCredential, 'host' | 'port' | 'basePath' | 'serverName'> {
  const url = URL.parse(cluster.server);
  if (url?.protocol !== 'https:' || url.username || url.search || url.hash) {
    throw new ConnectorError('ERR_CONNECTOR_KUBECONFIG', "the cluster's server is not a plain https:// address");
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port: Number(url.port || 443),
    basePath: url.pathname.replace(/\/+$/, ''),
    serverName: cluster['tls-server-name'] ?? host,
  };
}
