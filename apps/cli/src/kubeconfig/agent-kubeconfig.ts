// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { stringify } from 'yaml';
import { CliError } from '../cli-error.ts';
import { caCertificates } from '../credential/ca-certificates.ts';
import { type CredentialSource, credentialArguments } from '../credential/credential-source.ts';

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export interface AgentKubeconfigOptions {
  readonly agent: string;
  readonly cluster: string;
  /** The gateway's data listener: `https://HOST:PORT`, with a path in front of `/clusters` if it has one. */
  readonly server: string;
  /** PEM of the CA of that listener; the client's own CAs when absent. */
  readonly ca?: string | undefined;
  readonly namespace?: string | undefined;
  readonly credential: CredentialSource;
  /** Program and first arguments that run Countersign: `['countersign']`, or an absolute path to node and the script. */
  readonly command: readonly [program: string, ...leading: string[]];
}

function certificateData(pem: string): string {
  return Buffer.from(caCertificates(pem)).toString('base64');
}

function clusterUrl(server: string, cluster: string): string {
  const url = URL.parse(server);
  if (url?.protocol !== 'https:' || url.username || url.password || url.search || url.hash) {
    throw new CliError(
      3,
      `the server must be an https URL such as https://gateway.example:8443, not ${JSON.stringify(server)}`,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/$/, '')}/clusters/${cluster}`;
}

/**
 * The kubeconfig of an agent for one cluster: its client runs `countersign credential` for each token. No token, key or
 * secret stands in it.
 * @throws CliError
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export function agentKubeconfig(options: AgentKubeconfigOptions): Readonly<Record<string, unknown>> {
  const { agent, cluster, server, ca, namespace, credential } = options;
  const [command, ...leading] = options.command;
  for (const name of [agent, cluster, ...(namespace === undefined ? [] : [namespace])]) {
    if (!NAME.test(name))
      throw new CliError(3, `${JSON.stringify(name)} is no name: lower-case letters, digits and dashes`);
  }
  const user = `countersign-${agent}`;
  const context = `${agent}@${cluster}`;
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: cluster,
        cluster: {
          server: clusterUrl(server, cluster),
          ...(ca === undefined ? {} : { 'certificate-authority-data': certificateData(ca) }),
        },
      },
    ],
    users: [
      {
        name: user,
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            command,
            args: [...leading, ...credentialArguments(credential)],
            interactiveMode: 'Never',
            provideClusterInfo: false,
            installHint: 'The agent gets its tokens from the countersign command: install it, or put it on the PATH.',
          },
        },
      },
    ],
    contexts: [{ name: context, context: { cluster, user, ...(namespace === undefined ? {} : { namespace }) } }],
    'current-context': context,
  };
}

/** The kubeconfig as text. */
export function formatKubeconfig(kubeconfig: Readonly<Record<string, unknown>>, format: 'yaml' | 'json'): string {
  return format === 'json' ? `${JSON.stringify(kubeconfig, null, 2)}\n` : stringify(kubeconfig);
}

/**
 * Writes a text for its owner's eyes alone (0600), whole or not at all; directories on the way are made 0700.
 * @throws CliError (2)
 */
export async function writeOwnerFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await chmod(path, 0o600);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new CliError(2, `${path} can't be written (${reason})`, { cause });
  }
}

/**
 * Writes an agent's kubeconfig, YAML, 0600, in the place of whatever is at `path`. Gives the absolute path.
 * @throws CliError
 */
export async function writeAgentKubeconfig(
  options: AgentKubeconfigOptions & { readonly path: string },
): Promise<string> {
  const path = resolve(options.path);
  await writeOwnerFile(path, formatKubeconfig(agentKubeconfig(options), 'yaml'));
  return path;
}
