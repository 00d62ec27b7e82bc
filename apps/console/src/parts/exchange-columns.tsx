// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Exchange } from '../api/types.ts';
import { requestWords } from '../view/exchange-words.ts';
import { clockTime } from '../view/time.ts';
import type { Column } from './data-table.tsx';
import { Untrusted } from './untrusted.tsx';

function Decision({ decision, fault }: Exchange): JSX.Element {
  if (!decision) return <span class="muted">{fault ?? 'none'}</span>;
  return (
    <>
      <span class={`badge badge-${decision.effect}`}>{decision.effect}</span>
      <div class="muted">
        <Untrusted text={decision.rules.join(', ')} />
      </div>
    </>
  );
}

/** What a list says of each exchange. */
export const exchangeColumns: readonly Column<Exchange>[] = [
  {
    name: 'Request',
    cell: ({ request, id }) => (
      <>
        <span class="mono">
          <Untrusted text={requestWords(request)} />
        </span>
        <div class="muted">
          <code>{id}</code>
        </div>
      </>
    ),
  },
  { name: 'Agent', cell: ({ principal }) => <Untrusted text={principal ?? 'unknown'} /> },
  { name: 'Cluster', cell: ({ cluster }) => <Untrusted text={cluster ?? 'none'} /> },
  { name: 'Decision', cell: (exchange) => <Decision {...exchange} /> },
  { name: 'Answer', cell: ({ status }) => status ?? '–', kind: 'number' },
  { name: 'State', cell: ({ state }) => state },
  { name: 'Time', cell: ({ at }) => clockTime(at), kind: 'number' },
  { name: 'Record', cell: ({ index }) => index, kind: 'number' },
];
