// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';
import type { JudgedBody } from '../exchange.ts';

/** What a body is known again by. */
export function bodyDigest({ contentType, bytes }: Pick<JudgedBody, 'contentType' | 'bytes'>) {
  return { contentType, sha256: hash('sha256', bytes, 'hex') };
}
