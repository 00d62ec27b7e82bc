// SPDX-License-Identifier: Apache-2.0
import { Fault } from '../faults.ts';
import { visibleText } from '../visible-text.ts';
import { approvalCauses, type UrlOf } from './approval-causes.ts';
import { missingOf } from './quorum.ts';
import type { Approval } from './transitions.ts';

/** What an exchange is told whose approval has ended, as it ended: a reason is somebody's own words, and goes to a terminal. */
export function endedFault(approval: Approval, urlOf: UrlOf): Fault {
  const { id, value } = approval;
  const options = { causes: approvalCauses(approval, 'new-request', urlOf), approval: id };
  const why = value.endedBy?.reason ? visibleText(value.endedBy.reason) : 'no reason was given';
  switch (value.state) {
    case 'denied':
      return new Fault('ERR_APPROVAL_DENIED', `approval ${id}: ${why}`, options);
    case 'used':
      return new Fault('ERR_APPROVAL_USED', '', options);
    case 'withdrawn':
      return new Fault('ERR_APPROVAL_ENDED', `approval ${id} was withdrawn: ${why}`, options);
    default: {
      const isCountersigned = missingOf(value.requirements, value.signatures).length === 0;
      const what = isCountersigned
        ? `approval ${id} was countersigned, and not used in time`
        : `nobody countersigned approval ${id} in time`;
      return new Fault('ERR_APPROVAL_ENDED', what, options);
    }
  }
}
