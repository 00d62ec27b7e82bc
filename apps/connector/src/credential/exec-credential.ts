// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { resolve as resolvePath } from 'node:path';
import { z } from 'zod';
import { ConnectorError } from '../connector-error.ts';

const PLUGIN_TIMEOUT_MS = 60_000;
const PLUGIN_MAX_BYTES = 1024 * 1024;
/** A credential this close to its end is asked for again. */
const EXPIRY_MARGIN_MS = 10_000;

const API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'] as const;

/** The `exec` part of a kubeconfig user, as far as it concerns a process without a terminal. */
export const execPlugin = z.object({
  apiVersion: z.enum(API_VERSIONS),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  provideClusterInfo: z.boolean().nullish(),
  interactiveMode: z.enum(['Never', 'IfAvailable']).nullish(),
});
type ExecPlugin = z.infer<typeof execPlugin>;

const execCredential = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.enum(API_VERSIONS),
  status: z.object({
    expirationTimestamp: z.iso.datetime({ offset: true }).optional(),
    token: z.string().min(1).optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
  }),
});

/** What a plugin answered. */
interface PluginCredential {
  readonly token: string | undefined;
  readonly client: { readonly certificate: string; readonly key: string } | undefined;
}

/** Runs a credential plugin when it is needed and remembers its answer until that expires. */
export interface PluginRunner {
  run(plugin: ExecPlugin, cluster: unknown): Promise<PluginCredential>;
  /** Forgets the answer: the next `run` asks the plugin again. */
  forget(): void;
}

/**
 * A runner for the plugins of one kubeconfig.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export function pluginRunner(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the kubeconfig stands: a relative command is found from there. */
  readonly directory: string;
  readonly now: () => Date;
}): PluginRunner {
  let remembered: { key: string; until: number; value: PluginCredential } | undefined;
  return {
    async run(plugin, cluster) {
      const info = plugin.provideClusterInfo ? { cluster } : {};
      const key = JSON.stringify([plugin, info]);
      if (remembered?.key === key && options.now().getTime() < remembered.until) return remembered.value;
      const spec = JSON.stringify({
        apiVersion: plugin.apiVersion,
        kind: 'ExecCredential',
        spec: { interactive: false, ...info },
      });
      const answer = parseAnswer(await execute(plugin, options, spec), plugin);
      remembered = { key, ...answer };
      return answer.value;
    },
    forget() {
      remembered = undefined;
    },
  };
}

function execute(
  plugin: ExecPlugin,
  options: { readonly environment: Readonly<Record<string, string | undefined>>; readonly directory: string },
  spec: string,
): Promise<string> {
  const own = Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value]));
  return new Promise((resolve, reject) => {
    const child = execFile(
      plugin.command.includes('/') ? resolvePath(options.directory, plugin.command) : plugin.command,
      plugin.args ?? [],
      {
        env: { ...options.environment, ...own, KUBERNETES_EXEC_INFO: spec },
        timeout: PLUGIN_TIMEOUT_MS,
        maxBuffer: PLUGIN_MAX_BYTES,
        killSignal: 'SIGKILL',
      },
      (error, stdout) => {
        // Its output may hold a credential, so only how it ended is told.
        if (error) reject(pluginError(plugin, `ended with ${error.code ?? error.signal}`));
        else resolve(stdout);
      },
    );
    child.stdin?.end();
  });
}

function parseAnswer(output: string, plugin: ExecPlugin): { until: number; value: PluginCredential } {
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    throw pluginError(plugin, 'did not print JSON');
  }
  const parsed = execCredential.safeParse(json);
  if (!parsed.success || parsed.data.apiVersion !== plugin.apiVersion) {
    throw pluginError(plugin, `did not print an ExecCredential of ${plugin.apiVersion}`);
  }
  const { expirationTimestamp, token, clientCertificateData: certificate, clientKeyData: key } = parsed.data.status;
  if ((certificate === undefined) !== (key === undefined) || (token === undefined && certificate === undefined)) {
    throw pluginError(plugin, 'printed neither a token nor a certificate with its key');
  }
  const until = expirationTimestamp === undefined ? Infinity : Date.parse(expirationTimestamp) - EXPIRY_MARGIN_MS;
  const client = certificate !== undefined && key !== undefined ? { certificate, key } : undefined;
  return { until, value: { token, client } };
}

function pluginError(plugin: ExecPlugin, what: string): ConnectorError {
  return new ConnectorError('ERR_CONNECTOR_KUBECONFIG', `the credential plugin ${plugin.command} ${what}`);
}
