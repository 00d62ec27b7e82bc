// SPDX-License-Identifier: Apache-2.0

/** How a kubeconfig of the lab proves who it is; every value is a path to a file. */
export type KubeconfigCredential =
  | { readonly clientCertificate: string; readonly clientKey: string }
  | { readonly tokenFile: string };

/**
 * A kubeconfig with one cluster, one user and one context, all called `name`. It is JSON, which every YAML reader takes.
 * Credentials stay in files of their own, so that a rotated one is read again.
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export function renderKubeconfig(options: {
  readonly name: string;
  readonly server: string;
  readonly caFile: string;
  readonly credential: KubeconfigCredential;
  readonly namespace?: string;
}): string {
  const { name, server, caFile, credential, namespace } = options;
  const user =
    'tokenFile' in credential
      ? { tokenFile: credential.tokenFile }
      : { 'client-certificate': credential.clientCertificate, 'client-key': credential.clientKey };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, ...(namespace ? { namespace } : {}) } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
