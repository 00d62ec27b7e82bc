// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '@countersign/lab';

/** A certificate for loopback, as files, and the authority to trust it by. */
export interface LoopbackTls {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly caFile: string;
}

export async function writeLoopbackTls(dir: string): Promise<LoopbackTls> {
  const authority = await createAuthority('Countersign bench');
  const subject = { commonName: 'countersign', addresses: ['127.0.0.1'], dnsNames: ['localhost'] };
  const { certificate, key } = await authority.issue(subject);
  const tls = {
    certificateFile: join(dir, 'server.pem'),
    keyFile: join(dir, 'server.key'),
    caFile: join(dir, 'ca.pem'),
  };
  await writeFile(tls.caFile, authority.certificate);
  await writeFile(tls.certificateFile, certificate);
  await writeFile(tls.keyFile, key, { mode: 0o600 });
  return tls;
}
