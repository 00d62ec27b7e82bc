// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { isBroken } from '../view/break-glass-words.ts';
import { seesAll } from '../view/sees-all.ts';
import { timeLeft } from '../view/time.ts';
import { Link } from './link.tsx';
import { useSession } from './session.ts';
import { Untrusted } from './untrusted.tsx';
import { useBreakGlass } from './use-break-glass.ts';
import { useNow } from './use-now.ts';

function Banner(): JSX.Element | null {
  const now = useNow();
  const { value = [] } = useBreakGlass();
  const open = value.filter((one) => isBroken(one, now));
  if (open.length === 0) return null;
  return (
    <aside class="glass-banner" aria-label="Break-glass is open">
      <strong>Break-glass is open.</strong>
      {open.map(({ id, agent, cluster, expiresAt }) => (
        <span key={id}>
          <Untrusted text={agent} /> on <Untrusted text={cluster} />, {timeLeft(expiresAt, now).text} left
        </span>
      ))}
      <Link to="/break-glass">See or end it</Link>
    </aside>
  );
}

/** Says on every page, to whoever may know it, that agents are let on without countersignatures now. */
export function BreakGlassBanner(): JSX.Element | null {
  return seesAll(useSession().me.roles) ? <Banner /> : null;
}
