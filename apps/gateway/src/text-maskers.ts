// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { queryValue } from '@countersign/kube';
import {
  createErrorMasker,
  createStreamMask,
  createTextMasker,
  type ErrorMaskerOptions,
  type Hmac,
  type Masker,
  type StreamMask,
} from '@countersign/mask';
import { boundedInflate } from './bounded-inflate.ts';
import type { Forwarded } from './exchange.ts';

const NONCE_BYTES = 16;

/** Masks a container's log, whatever of it was asked for. */
export function logMasker({ request, cluster }: Forwarded, hmac: Hmac): Masker {
  const { namespace, name } = objectOf(request);
  const source = { cluster, resource: 'pods/log', namespace, name, part: queryValue(request.query, 'container') ?? '' };
  return createTextMasker({ hmac, inflate: boundedInflate, source, cutNonce: randomBytes(NONCE_BYTES) });
}

/**
 * Makes the masks of a session's outputs. Whoever can choose what a command prints could compare guesses with values, so
 * masks are bound to the session: no other text has the same.
 */
export function sessionMasks({ request, cluster, id }: Forwarded, hmac: Hmac): () => StreamMask {
  const source = { cluster, resource: 'pods/exec', ...objectOf(request), part: id };
  return () => createStreamMask({ hmac, inflate: boundedInflate, source });
}

/** Masks texts about an object that are no object: an error where no plan says how. */
export function messageMasker({ request, cluster }: Forwarded, hmac: Hmac): Masker {
  const source = { cluster, resource: 'message', ...objectOf(request), part: '' };
  return createTextMasker({ hmac, inflate: boundedInflate, source, cutNonce: randomBytes(NONCE_BYTES) });
}

/** What is known of the values of the object that a text is about. */
export type KnownValues = Pick<ErrorMaskerOptions, 'learned' | 'nonce'>;

/** Masks what is said about an object in plain text: an error, a warning. */
export function errorMasker({ request, cluster }: Forwarded, hmac: Hmac, known: KnownValues): Masker {
  const source = { cluster, resource: 'message', ...objectOf(request), part: '' };
  return createErrorMasker({ hmac, inflate: boundedInflate, source, ...known });
}

function objectOf(request: Forwarded['request']): { readonly namespace: string; readonly name: string } {
  if (request.kind !== 'resource') return { namespace: '', name: '' };
  const { namespace, name } = request;
  return { namespace, name };
}
