// SPDX-License-Identifier: Apache-2.0
import { approvalCauseSchema } from '@countersign/wire';
import type { GeneratedFile } from './generated-file.ts';

/** `schema/approval-cause.schema.json`: what an answer says to programs of a countersignature. */
export function approvalCauseSchemaFile(): GeneratedFile {
  return { path: 'schema/approval-cause.schema.json', text: `${JSON.stringify(approvalCauseSchema(), null, 2)}\n` };
}
