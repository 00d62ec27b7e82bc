// SPDX-License-Identifier: Apache-2.0
import { isLoopbackHost } from '../identity/issuer-options.ts';

/** What is wrong with the address of a receiver, if anything. */
export function receiverUrlProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' && !isLoopbackHost(url.hostname)) return 'plain http is for loopback only; use https';
  const isPlain = url && url.username === '' && url.password === '' && url.hash === '';
  return isPlain && (url.protocol === 'https:' || url.protocol === 'http:')
    ? undefined
    : 'must be an https URL without user or fragment';
}
