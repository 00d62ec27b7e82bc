// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { visibleParts } from '../view/visible-parts.ts';

/** A text of an agent or an object: never markup, set apart from what stands around it, with unseen characters as escapes. */
export function Untrusted({ text }: { readonly text: string }): JSX.Element {
  return (
    <bdi class="untrusted">
      {visibleParts(text).map((part) => (part.escaped ? <span class="escape">{part.text}</span> : part.text))}
    </bdi>
  );
}
