// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { BenchError } from '../bench-error.ts';
import { NAMESPACE } from '../site/gateway-config.ts';
import type { Site } from '../site/site.ts';

export const SECRETS_PATH = `/api/v1/namespaces/${NAMESPACE}/secrets`;
export const VALUES_PER_SECRET = 256;
const VALUE_BYTES = 3_072;
/** Bytes of JSON that one Secret comes to. */
const SECRET_BYTES = 1_055_000;
/** Stands at the start of every value; a multiple of three bytes, so that its base64 stands there too. */
export const CANARY = 'countersign-canary';
const CREATED_AT_ONCE = 4;

function secret(index: number): object {
  const value = () => Buffer.concat([Buffer.from(CANARY), randomBytes(VALUE_BYTES - CANARY.length)]).toString('base64');
  const data = Object.fromEntries(Array.from({ length: VALUES_PER_SECRET }, (_, key) => [`key-${key}`, value()]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: `large-${index}` }, type: 'Opaque', data };
}

/** Makes so many Secrets of 1 MB that their list has about `listBytes`; returns their number. */
export async function makeLargeSecrets({ lab }: Site, listBytes: number): Promise<number> {
  const count = Math.ceil(listBytes / SECRET_BYTES);
  let next = 0;
  const create = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const { status, body } = await lab.admin.request('POST', SECRETS_PATH, secret(index));
      if (status !== 201) throw new BenchError('ERR_BENCH_PROCESS', `Secret ${index}: ${status} ${body.message}`);
    }
  };
  await Promise.all(Array.from({ length: CREATED_AT_ONCE }, create));
  return count;
}
