// SPDX-License-Identifier: Apache-2.0
import { recordJsonSchema } from '@countersign/evidence';
import type { GeneratedFile } from './generated-file.ts';

/** `schema/record.schema.json`: what a record of the log may hold. */
export function recordSchema(): GeneratedFile {
  return { path: 'schema/record.schema.json', text: `${JSON.stringify(recordJsonSchema(), null, 2)}\n` };
}
