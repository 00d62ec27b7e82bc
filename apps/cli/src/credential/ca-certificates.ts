// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from 'node:crypto';
import { CliError } from '../cli-error.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/**
 * The certificates of a CA file in PEM, and nothing else that stands in it.
 * @throws CliError (2) when there is none, or one that is broken
 */
export function caCertificates(pem: string): string {
  const certificates = pem.match(CERTIFICATE) ?? [];
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch (cause) {
    throw new CliError(2, 'the CA is not a certificate in PEM', { cause });
  }
  if (certificates.length === 0) throw new CliError(2, 'the CA holds no certificate in PEM');
  return `${certificates.join('\n')}\n`;
}
