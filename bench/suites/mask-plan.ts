// SPDX-License-Identifier: Apache-2.0
import { type MaskingPlan, maskingFor } from '@countersign/mask';
import { BenchError } from '../bench-error.ts';

/** What is masked in the answer to a read of a resource. */
export function planOf(
  resource: string,
  { verb, group }: { readonly verb: 'get' | 'list'; readonly group: string },
): MaskingPlan {
  const plan = maskingFor({
    ...{ kind: 'resource', method: 'GET', verb, segments: [], query: [], group, version: 'v1' },
    ...{ namespace: '', resource, subresource: '', name: '', labelSelector: '', fieldSelector: '' },
    dryRun: false,
  });
  if (plan === undefined) throw new BenchError('ERR_BENCH_WRONG_ANSWER', `${resource} have no masking plan`);
  return plan;
}
