// SPDX-License-Identifier: Apache-2.0
import type { Json } from '@countersign/evidence';

/** The same with whole characters: texts are cut anywhere, and an object may hold half of one, which has no one spelling. */
export function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [[name.toWellFormed(), wellFormed(member)]],
    ),
  );
}
