// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether this may name what the configuration names: a cluster, an agent, an issuer. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

export const name = z.string().regex(NAME, 'lower-case letters, digits and dashes, at most 63');

export const file = z.string().min(1);
