// SPDX-License-Identifier: Apache-2.0
import { policyActions } from '@countersign/policy';
import * as z from 'zod';

const words = (pattern: RegExp, what: string) => z.array(z.string().regex(pattern, what)).min(1).max(32);
const name = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

const label =
  /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?=(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/;
const keyOf = (one: string) => one.slice(0, one.indexOf('='));

/** What a grant is for, in exact words. */
export const scopeFields = {
  verbs: z
    .array(z.enum(policyActions, `verbs are those of policies: ${policyActions.join(', ')}`))
    .min(1)
    .max(32),
  resources: words(
    /^[a-z][a-z0-9-]{0,62}(\.[a-z0-9.-]{1,190})?(\/[a-z][a-z0-9-]{0,62})?$/,
    'a resource is `pods`, `deployments.apps` or `deployments.apps/scale`',
  ),
  namespaces: words(/^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$/, 'a namespace, or "" for what has none'),
  names: words(name, 'the name of an object').optional(),
  labels: words(label, 'a label is `app=web`')
    .refine((labels) => new Set(labels.map(keyOf)).size === labels.length, 'an object has one label of a name')
    .describe('All of them: what an object must have before a request and after it.')
    .optional(),
};
