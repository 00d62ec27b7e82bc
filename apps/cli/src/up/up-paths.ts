// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `up` keeps what, below the directory it is given. */
export interface UpPaths {
  readonly root: string;
  readonly config: string;
  readonly dataDir: string;
  readonly evidence: string;
  readonly policies: string;
  readonly provider: string;
  readonly tls: { readonly ca: string; readonly certificate: string; readonly key: string };
  readonly tunnelCa: string;
  readonly joinToken: string;
  readonly connector: string;
  readonly processLog: string;
  readonly connectorLog: string;
  readonly lab: string;
  readonly kubectl: string;
  readonly kubeconfigs: { readonly agent: string; readonly direct: string };
}

export function upPaths(dir: string): UpPaths {
  const root = resolve(dir);
  const tls = join(root, 'tls');
  return {
    root,
    config: join(root, 'gateway.yaml'),
    dataDir: join(root, 'gateway'),
    evidence: join(root, 'evidence'),
    policies: join(root, 'policies'),
    provider: join(root, 'identity-provider'),
    tls: { ca: join(tls, 'ca.pem'), certificate: join(tls, 'server.pem'), key: join(tls, 'server.key') },
    tunnelCa: join(tls, 'tunnel-ca.pem'),
    joinToken: join(root, 'connector', 'join-token'),
    connector: join(root, 'connector'),
    processLog: join(root, 'gateway.log'),
    connectorLog: join(root, 'connector.log'),
    lab: join(root, 'lab'),
    kubectl: join(root, 'bin', 'kubectl'),
    kubeconfigs: { agent: join(root, 'kubeconfigs', 'agent'), direct: join(root, 'kubeconfigs', 'direct') },
  };
}

/** The policies that come with Countersign: beside the packages in the repository, inside this package when installed. */
export function shippedPolicies(): string {
  const candidates = ['../../../../policies', '../../policies'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return candidates.find((path) => existsSync(join(path, 'baseline'))) ?? (candidates[0] as string);
}
