// SPDX-License-Identifier: Apache-2.0
import { InvalidArgumentError } from 'commander';

const UNITS = { s: 1, m: 60, h: 3_600 } as const;

/** `15m` as seconds. */
export function seconds(text: string): number {
  const [, digits, unit] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('it is a time such as 90s, 15m or 2h');
  return Number(digits) * UNITS[unit as keyof typeof UNITS];
}
