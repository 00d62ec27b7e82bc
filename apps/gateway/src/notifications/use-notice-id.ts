// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';

/** The id of the notice of a use: the same at every gateway, so that it is in the outbox once. */
export function useNoticeId(use: string): string {
  return `use-${createHash('sha256').update(use).digest('hex').slice(0, 32)}`;
}
