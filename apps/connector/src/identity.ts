// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConnectorError } from './connector-error.ts';

const FILE = 'identity.json';

const identity = z.strictObject({
  connector: z.string(),
  cluster: z.string(),
  /** PEM, as are the others. */
  certificate: z.string(),
  key: z.string(),
  ca: z.string(),
  /** When this certificate came, by the connector's clock. */
  obtainedAt: z.iso.datetime(),
});

/** Who this connector is to its gateways: one file, so that key and certificate are never of two minds. */
export type Identity = z.infer<typeof identity>;

/** When its certificate ends. */
export function expiry({ certificate }: Identity): Date {
  return new X509Certificate(certificate).validToDate;
}

/**
 * The identity kept in a state directory, or undefined when there is none yet.
 * @throws ConnectorError `ERR_CONNECTOR_STATE` when there is one that can't be read
 */
export async function loadIdentity(directory: string): Promise<Identity | undefined> {
  const file = join(directory, FILE);
  try {
    const read = identity.parse(JSON.parse(await readFile(file, 'utf8')));
    expiry(read);
    return read;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const message = `${file} can't be read as a connector's identity; remove it and enrol with a new join token`;
    throw new ConnectorError('ERR_CONNECTOR_STATE', message, { cause });
  }
}

/**
 * Keeps an identity, readable by its owner only. A crash leaves the old one or the new one.
 * @throws ConnectorError `ERR_CONNECTOR_STATE`
 */
export async function saveIdentity(directory: string, value: Identity): Promise<void> {
  const file = join(directory, FILE);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const temporary = await open(`${file}.new`, 'w', 0o600);
    try {
      await temporary.chmod(0o600);
      await temporary.writeFile(`${JSON.stringify(value, undefined, 2)}\n`);
      await temporary.sync();
    } finally {
      await temporary.close();
    }
    await rename(`${file}.new`, file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'error';
    throw new ConnectorError('ERR_CONNECTOR_STATE', `${file} can't be written (${code})`, { cause });
  }
}
