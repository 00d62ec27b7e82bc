// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '@countersign/lab';

/** Makes a certificate for loopback in `dir`, and `ca.pem` beside it to trust it by. */
export async function writeTls(dir: string): Promise<{ readonly certificateFile: string; readonly keyFile: string }> {
  const authority = await createAuthority('Countersign e2e');
  const subject = { commonName: 'countersign', addresses: ['127.0.0.1'], dnsNames: ['localhost'] };
  const { certificate, key } = await authority.issue(subject);
  const files = { certificateFile: join(dir, 'server.pem'), keyFile: join(dir, 'server.key') };
  await writeFile(join(dir, 'ca.pem'), authority.certificate);
  await writeFile(files.certificateFile, certificate);
  await writeFile(files.keyFile, key, { mode: 0o600 });
  return files;
}
