// SPDX-License-Identifier: Apache-2.0
import { policySchema } from './schema.ts';

/** Comments, and what an action is asked of: words before a colon that are no attributes. */
const ELSE = /\/\/.*$|appliesTo\s*\{[^}]*\}/gm;
const ATTRIBUTE = /(\w+)\??:/g;

/** The names of all attributes that the schema gives to any entity, context or record. */
export const schemaAttributes: ReadonlySet<string> = new Set(
  [...policySchema.replaceAll(ELSE, '').matchAll(ATTRIBUTE)].map(([, name = '']) => name),
);
