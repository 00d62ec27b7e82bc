// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { riskWords, type WeighedLike } from '../view/risk-words.ts';

/** What somebody should weigh before they say yes; nothing where nothing of it is known. */
export function RiskPanel({ approval }: { readonly approval: WeighedLike }): JSX.Element | null {
  const words = riskWords(approval);
  if (words.length === 0) return null;
  return (
    <section class="notice notice-warning" aria-labelledby="risk-title">
      <h2 id="risk-title">Weigh this</h2>
      <ul>
        {words.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </section>
  );
}
