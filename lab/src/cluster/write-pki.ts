// SPDX-License-Identifier: Apache-2.0
import { generateKeyPair } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { renderKubeconfig } from '../kubeconfig.ts';
import type { LabFiles } from '../lab-files.ts';
import { type CertificateSubject, createAuthority, type KeyPair } from '../pki.ts';

/** Name of the certificate by which aggregated API servers know the API server. */
export const FRONT_PROXY = 'front-proxy-client';

const SERVICE_CIDR_FIRST = '10.96.0.1';

/** The clients that get a kubeconfig, with the names RBAC knows them by. */
const CLIENTS = {
  admin: { commonName: 'lab-admin', organizations: ['system:masters'] },
  'kube-controller-manager': { commonName: 'system:kube-controller-manager' },
  'kube-scheduler': { commonName: 'system:kube-scheduler' },
} as const satisfies Record<string, CertificateSubject>;

/** The lab's keys on disk, and those that the lab itself uses. */
export interface LabPki {
  readonly ca: string;
  readonly caFile: string;
  readonly admin: KeyPair;
  /** Path of a certificate, `FILE(name, 'crt')`, or key in the PKI directory. */
  file(name: string, kind: 'crt' | 'key'): string;
  /** Issues a certificate and writes it under `name`. */
  issue(name: string, subject: CertificateSubject): Promise<KeyPair>;
  /** Writes the kubeconfig of an issued certificate and returns its path. */
  kubeconfig(name: string, server: string): Promise<string>;
}

/** Makes the lab's authority and the certificates of its control plane. */
export async function writePki(files: LabFiles, clusterName: string): Promise<LabPki> {
  const authority = await createAuthority(`countersign-lab-${clusterName}`);
  const file = (name: string, kind: 'crt' | 'key'): string => join(files.pki, `${name}.${kind}`);
  const write = async (name: string, pair: KeyPair): Promise<KeyPair> => {
    await writeFile(file(name, 'crt'), pair.certificate, { mode: 0o600 });
    await writeFile(file(name, 'key'), pair.key, { mode: 0o600 });
    return pair;
  };
  const issue: LabPki['issue'] = async (name, subject) => write(name, await authority.issue(subject));
  // Of an authority of its own: whoever holds a certificate of this one may say whose request it passes on.
  const frontProxy = await createAuthority(`countersign-lab-${clusterName}-front-proxy`);
  const clients = Object.entries(CLIENTS).map(([name, subject]) => issue(name, subject));
  const [admin] = await Promise.all([
    ...clients,
    write('ca', authority),
    write('front-proxy-ca', frontProxy),
    frontProxy.issue({ commonName: FRONT_PROXY }).then((pair) => write(FRONT_PROXY, pair)),
    issue('etcd', { commonName: 'etcd', addresses: ['127.0.0.1'] }),
    issue('etcd-client', { commonName: 'kube-apiserver-etcd-client' }),
    issue('kube-apiserver', {
      commonName: 'kube-apiserver',
      addresses: ['127.0.0.1', SERVICE_CIDR_FIRST],
      dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    }),
    // RBAC's built-in system:kubelet-api-admin is bound to nobody, and the Node authorizer never lets a server in.
    issue('kubelet-client', { commonName: 'kube-apiserver-kubelet-client', organizations: ['system:masters'] }),
    writeServiceAccountKey(file('service-account', 'key')),
  ]);
  return {
    ca: authority.certificate,
    caFile: file('ca', 'crt'),
    admin: admin as KeyPair,
    file,
    issue,
    kubeconfig: async (name, server) => {
      const path = join(files.credentials, `${name}.kubeconfig`);
      const credential = { clientCertificate: file(name, 'crt'), clientKey: file(name, 'key') };
      const text = renderKubeconfig({ name: clusterName, server, caFile: file('ca', 'crt'), credential });
      await writeFile(path, text, { mode: 0o600 });
      return path;
    },
  };
}

async function writeServiceAccountKey(path: string): Promise<void> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  await writeFile(path, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
}
