// SPDX-License-Identifier: Apache-2.0
import type { Masked } from '../exchange.ts';
import type { Fault } from '../faults.ts';
import { statusAnswer } from './status-answer.ts';

/**
 * The ERROR event that tells a watcher why its watch ends here; undefined where its events are not in JSON.
 * @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/#watchevent-v1-meta
 */
export function lastEvent(exchange: Masked, fault: Fault): Uint8Array | undefined {
  const contentType = exchange.response.headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  if (!/^application\/json(?:;|$)/.test(contentType)) return undefined;
  const { body } = statusAnswer(exchange.id, fault, exchange.incoming, exchange);
  return Buffer.from(`{"type":"ERROR","object":${Buffer.from(body).toString().trimEnd()}}\n`);
}
