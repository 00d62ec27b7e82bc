// SPDX-License-Identifier: Apache-2.0
import type { ControlPlace } from './gateway-process.ts';

/** Flags by which a command reaches the control API as a client of the provider. */
export function controlFlags({ control, caFile, provider }: ControlPlace, who: string): readonly string[] {
  const secret = ['--client-id', who, '--client-secret-file', provider.secretFile(who)];
  return ['--control', control, '--ca', caFile, '--issuer', provider.issuer, ...secret];
}
