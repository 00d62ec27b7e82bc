// SPDX-License-Identifier: Apache-2.0
/** Whether the gateway tells somebody of these roles of everything, whoever's it is. */
export function seesAll(roles: readonly string[]): boolean {
  return roles.includes('operator') || roles.includes('auditor');
}
