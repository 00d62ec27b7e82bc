// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { Link } from './link.tsx';
import { Notice } from './notice.tsx';

/** Sends a person without a passkey to make one. */
export function NoPasskey({ signed }: { readonly signed: string }): JSX.Element {
  return (
    <Notice kind="warning" title="You have no passkey yet.">
      {signed} is signed with one. <Link to="/passkeys">Register a passkey</Link>, then come back.
    </Notice>
  );
}
