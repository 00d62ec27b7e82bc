// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';

/** Who a token is of: `issuer` is its `iss`, `subject` its `sub`. */
export interface Holder {
  readonly issuer: string;
  readonly subject: string;
}

/** Under which the store keeps what it knows of whoever holds such tokens: a SHA-256, in hex. */
export function holderId({ issuer, subject }: Holder): string {
  return hash('sha256', JSON.stringify([issuer, subject]));
}
