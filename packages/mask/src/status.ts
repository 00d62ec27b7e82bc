// SPDX-License-Identifier: Apache-2.0
import { joinBytes } from './json/bytes.ts';
import { MaskError } from './mask-error.ts';
import { createMasker, type MaskerOptions } from './masker.ts';
import type { MaskingPlan } from './rules/plan.ts';

/** A body that may be sent, and how many values each rule masked in it. */
export interface MaskedBody {
  readonly bytes: Uint8Array;
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Masks the body of an answer with a 4xx or 5xx status, which is complete in memory (at most 4 MiB).
 *
 * With a plan: the same table as for objects, since an error can hold one. After a write, and from code 500 on, the
 * `message` and `details.causes[].message` become texts made of reason and name; `reason`, `code`, `causes[].reason`
 * and `causes[].field` stay.
 * Without a plan (`undefined`): the body passes as it is unless it contains a value that this exchange has learned.
 * @throws MaskError `ERR_MASK_MALFORMED`, `ERR_MASK_TRUNCATED` (with a plan: no JSON object), `ERR_MASK_TOO_DEEP`,
 * `ERR_MASK_ITEM_TOO_LARGE`, `ERR_MASK_LEARNED_VALUE` (without a plan); the body must not be sent then
 */
export function maskStatus(body: Uint8Array, plan: MaskingPlan | undefined, options: MaskerOptions): MaskedBody {
  if (plan === undefined) {
    if (options.learned?.isIn(body) === true) {
      throw new MaskError('ERR_MASK_LEARNED_VALUE', 'the body of an error contains a value of a masked field');
    }
    return { bytes: body, counts: {} };
  }
  const masker = createMasker({ ...plan, shape: 'object-or-list' }, options);
  const bytes = joinBytes([masker.write(body), masker.end()]);
  return { bytes, counts: masker.counts() };
}
