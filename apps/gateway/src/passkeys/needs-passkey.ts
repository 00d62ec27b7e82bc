// SPDX-License-Identifier: Apache-2.0
import type { Config } from '../config/schema.ts';

export interface PasskeyNeeds {
  readonly config: () => Config;
}

/** Whether no yes counts without a passkey under it. */
export function isPasskeyRequired({ approvals }: Pick<Config, 'approvals'>): boolean {
  return approvals.passkeys === 'required';
}

/**
 * Whether somebody's verdict counts with a passkey alone: in the console each does, and where the configuration wants it each
 * yes. A no elsewhere opens nothing.
 */
export function needsPasskey(kind: 'approve' | 'deny', via: string, { config }: PasskeyNeeds): boolean {
  return via === 'console' || (kind === 'approve' && isPasskeyRequired(config()));
}
