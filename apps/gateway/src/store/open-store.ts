// SPDX-License-Identifier: Apache-2.0
import { readBoundedFile } from '../config/bounded-file.ts';
import { readPassword } from '../config/password-file.ts';
import type { PostgresConfig } from '../config/schema.ts';
import type { PostgresPlace } from './postgres-driver.ts';
import { openPostgresStore } from './postgres-store.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';
import { StoreError } from './store-error.ts';

const MAX_CA_BYTES = 1024 * 1024;

async function passwordOf(file: string): Promise<string> {
  const reading = await readPassword(file);
  if ('problem' in reading) throw new StoreError('ERR_STORE_UNAVAILABLE', `PostgreSQL: ${reading.problem}`);
  return reading.password;
}

async function caOf(file: string): Promise<Buffer> {
  const reading = await readBoundedFile(file, MAX_CA_BYTES);
  if ('problem' in reading) throw new StoreError('ERR_STORE_UNAVAILABLE', `PostgreSQL: ${file} ${reading.problem}`);
  return reading.bytes;
}

async function placeOf({ tls, caFile, passwordFile, ...place }: PostgresConfig): Promise<PostgresPlace> {
  const ca = caFile === undefined ? undefined : await caOf(caFile);
  return {
    ...place,
    password: passwordFile === undefined ? undefined : () => passwordOf(passwordFile),
    tls: tls === 'verify' ? { ca } : undefined,
  };
}

/**
 * Opens the store that is configured.
 * @throws StoreError
 */
export async function openStore(postgres: PostgresConfig | undefined, sqliteFile: string): Promise<Store> {
  return postgres ? openPostgresStore(await placeOf(postgres)) : openSqliteStore(sqliteFile);
}
