// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConnectorError } from '../connector-error.ts';
import { cachedSource } from './cached-source.ts';
import type { CredentialSource } from './cluster-credential.ts';

const DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The pod's own service account: projected token and CA, re-read as the kubelet replaces them.
 * @throws ConnectorError `ERR_CONNECTOR_OPTIONS` outside a pod
 */
export function inClusterSource(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly directory?: string;
}): CredentialSource {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = options.environment;
  if (!host || !port) {
    throw new ConnectorError('ERR_CONNECTOR_OPTIONS', '--in-cluster works in a pod only; give --kubeconfig elsewhere');
  }
  const directory = options.directory ?? DIRECTORY;
  return cachedSource(
    async () => {
      const [token, ca] = await Promise.all([
        readFile(join(directory, 'token'), 'utf8'),
        readFile(join(directory, 'ca.crt'), 'utf8'),
      ]);
      const server = { host, port: Number(port), basePath: '', serverName: host };
      return { ...server, ca, token: token.trim(), client: undefined };
    },
    { now: options.now },
  );
}
