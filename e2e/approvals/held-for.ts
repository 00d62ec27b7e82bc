// SPDX-License-Identifier: Apache-2.0
import type { InstallationOptions } from '../installation.ts';

/** A configuration whose requests are held so long, and are countersigned by the group `approvers` of the provider. */
export function heldFor(holdMs: number): NonNullable<InstallationOptions['configure']> {
  return (config) => ({
    ...config,
    approvals: { holdMs },
    roles: { ...config.roles, approver: [{ issuer: 'provider', group: 'approvers' }] },
  });
}
