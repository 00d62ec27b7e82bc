// SPDX-License-Identifier: Apache-2.0
import type { StatusCause } from '@countersign/kube';

/** Rules that a refusal names: in its sentence, or among its causes where nobody could be asked. */
export function namedIn({ message, details }: { message: string; details: { causes: StatusCause[] } }): string[] {
  const asking = details.causes.filter(({ field }) => field === 'rules').flatMap((one) => one.message.split(', '));
  const inCauses = asking.map((rule) => rule.replace(/^organisation\//, ''));
  return [...[...message.matchAll(/rule ([a-z0-9-]+) of organisation/g)].map(([, id]) => String(id)), ...inCauses];
}
