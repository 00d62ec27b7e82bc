// SPDX-License-Identifier: Apache-2.0
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderKubeconfig } from '../kubeconfig.ts';
import { LabError } from '../lab-error.ts';
import type { LabFiles } from '../lab-files.ts';
import type { KubeClient } from './kube-client.ts';

const LIFETIME_S = 24 * 3600;
const RENEW_MS = (LIFETIME_S * 1000) / 2;

/** The service account that the lab's connector authenticates as. */
export const CONNECTOR_ACCOUNT = { namespace: 'countersign', name: 'connector' } as const;

/** The credential of the lab's connector: a service-account token in a file that is renewed in place. */
export interface ConnectorCredential {
  readonly tokenFile: string;
  readonly kubeconfig: string;
  /** Writes a fresh token into the file now; the old one stays valid until it expires. */
  renew(): Promise<void>;
  /** Ends the renewing, which otherwise happens every twelve hours. */
  stop(): void;
}

/** Asks the API server for a token of the connector's account and keeps it fresh. */
export async function createConnectorCredential(options: {
  readonly files: LabFiles;
  readonly client: KubeClient;
  readonly clusterName: string;
  readonly server: string;
  readonly caFile: string;
}): Promise<ConnectorCredential> {
  const tokenFile = join(options.files.credentials, 'connector-token');
  const kubeconfig = join(options.files.credentials, 'connector.kubeconfig');
  const renew = async (): Promise<void> => {
    const token = await requestToken(options.client);
    await writeFile(`${tokenFile}.new`, token, { mode: 0o600 });
    await rename(`${tokenFile}.new`, tokenFile);
  };
  await renew();
  const { server, caFile, clusterName: name } = options;
  await writeFile(kubeconfig, renderKubeconfig({ name, server, caFile, credential: { tokenFile } }), { mode: 0o600 });
  // A renewal that fails leaves the old token, and twelve hours to find out why from the API server's log.
  const timer = setInterval(() => void renew().catch(() => {}), RENEW_MS);
  timer.unref();
  return { tokenFile, kubeconfig, renew, stop: () => clearInterval(timer) };
}

/** @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/ */
async function requestToken(client: KubeClient): Promise<string> {
  const { namespace, name } = CONNECTOR_ACCOUNT;
  const { status, body } = await client.request(
    'POST',
    `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: LIFETIME_S },
    },
  );
  if (status !== 201) throw new LabError('ERR_LAB_API', `no token for ${namespace}/${name}: status ${status}`);
  return body.status.token;
}
