// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, JSX } from 'preact';
import { call } from '../api/call.ts';
import type { LiveState } from '../api/live.ts';
import { forgetPage } from '../api/page-secret.ts';
import type { Me } from '../api/types.ts';
import { type Page, pathOf } from '../view/route.ts';
import { seesAll } from '../view/sees-all.ts';
import { BreakGlassBanner } from './break-glass-banner.tsx';
import { Link } from './link.tsx';
import { Mark } from './mark.tsx';
import { ErrorNotice } from './notice.tsx';
import { useSession } from './session.ts';
import { Untrusted } from './untrusted.tsx';
import { useTask } from './use-task.ts';

const NAMES: Readonly<Record<Page, string>> = {
  approvals: 'Approvals',
  grants: 'Grants',
  'break-glass': 'Break-glass',
  sessions: 'Sessions',
  agents: 'Agents',
  clusters: 'Clusters',
  policy: 'Policy',
  exchanges: 'Exchanges',
  passkeys: 'Passkeys',
};

const LIVE: Readonly<Record<LiveState, string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'connection lost, trying again',
  ended: 'not live',
};

/** The pages that the gateway would answer for somebody of these roles. */
function pagesOf({ roles }: Me): readonly Page[] {
  const ofOwner = roles.includes('owner') ? (['agents', 'exchanges'] as const) : [];
  return [
    'approvals',
    'grants',
    ...(seesAll(roles) ? (['break-glass', 'sessions', 'agents', 'clusters', 'policy', 'exchanges'] as const) : ofOwner),
    ...(roles.includes('approver') ? (['passkeys'] as const) : []),
  ];
}

interface ShellProps {
  readonly page: Page | undefined;
  readonly children: ComponentChildren;
}

/** What stands around each page: where one is, where one can go, and who one is. */
export function Shell({ page, children }: ShellProps): JSX.Element {
  const { me, live, reloadMe } = useSession();
  const { busy, error, run } = useTask();
  const signOut = (): void =>
    run(async () => {
      await call('POST', '/auth/logout');
      forgetPage();
      reloadMe();
    });
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <header class="bar">
        <Mark />
        <nav aria-label="Pages">
          {pagesOf(me).map((one) => (
            <Link key={one} to={pathOf(one)} current={one === page}>
              {NAMES[one]}
            </Link>
          ))}
        </nav>
        <div class="person">
          <span class={`live live-${live}`} role="status">
            {LIVE[live]}
          </span>
          <span class="person-name">
            <Untrusted text={me.name ?? me.email ?? me.subject} />
            <span class="muted">{me.roles.join(', ')}</span>
          </span>
          <button type="button" disabled={busy} onClick={signOut}>
            Sign out
          </button>
          <ErrorNotice error={error} />
        </div>
      </header>
      <BreakGlassBanner />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
