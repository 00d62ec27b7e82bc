// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { BenchError } from '../bench-error.ts';

/** The files of a client certificate. */
export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** The client certificate that a kubeconfig of the lab names. Those are JSON. */
export async function adminIdentity(kubeconfig: string): Promise<CertificateFiles> {
  const { users } = JSON.parse(await readFile(kubeconfig, 'utf8'));
  const { 'client-certificate': certificateFile, 'client-key': keyFile } = users?.[0]?.user ?? {};
  if (typeof certificateFile !== 'string' || typeof keyFile !== 'string') {
    throw new BenchError('ERR_BENCH_PROCESS', `${kubeconfig} names no client certificate`);
  }
  return { certificateFile, keyFile };
}
