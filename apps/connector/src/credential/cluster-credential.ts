// SPDX-License-Identifier: Apache-2.0

/** Where a cluster's API server is, how it is recognised, and how the connector shows who it is. */
export interface ClusterCredential {
  readonly host: string;
  readonly port: number;
  /** Path that stands before every target, without a slash at its end; mostly empty. */
  readonly basePath: string;
  /** Name to expect in the API server's certificate. */
  readonly serverName: string;
  /** PEM; undefined means the system's roots, as in a kubeconfig without a CA. */
  readonly ca: string | undefined;
  readonly token: string | undefined;
  /** PEM. */
  readonly client: { readonly certificate: string; readonly key: string } | undefined;
}

/** A credential that may change at any time. */
export interface CredentialSource {
  /**
   * The credential of this moment; what it is read from is read again at most once a second.
   * @throws UpstreamError `credential-unavailable`
   */
  current(): Promise<ClusterCredential>;
  /** The API server did not accept it: what was cached beyond a second is thrown away. */
  reject(): void;
}
