// SPDX-License-Identifier: Apache-2.0
import { policySchema } from '@countersign/policy';
import type { GeneratedFile } from './generated-file.ts';

/** `schema/policy.cedarschema`: what a policy can name. */
export function policySchemaFile(): GeneratedFile {
  return { path: 'schema/policy.cedarschema', text: policySchema };
}
