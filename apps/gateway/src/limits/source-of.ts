// SPDX-License-Identifier: Apache-2.0
import { isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/**
 * Whom an address counts as where sources are told apart: one of IPv4 as itself, also when it is mapped into IPv6; one of
 * IPv6 as its /64 (`2001:db8:0:1::/64`), all of which one host may have.
 */
export function sourceOf(address: string): string {
  const [, mapped] = MAPPED.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return address;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const left = tail === undefined ? [] : Array<string>(8 - groups.length - lengthOf(tail)).fill('0');
  const network = [...groups, ...left, ...(tail ?? '').split(':')].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** How many groups follow `::`; an IPv4 address at the end takes the place of two. */
function lengthOf(tail: string): number {
  if (tail === '') return 0;
  return tail.split(':').length + (tail.includes('.') ? 1 : 0);
}
