// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { CallError, call, isSignedOut } from './api/call.ts';
import { type LiveState, listen } from './api/live.ts';
import type { Me } from './api/types.ts';
import { AgentsPage } from './pages/agents-page.tsx';
import { ApprovalsPage } from './pages/approvals-page.tsx';
import { BreakGlassPage } from './pages/break-glass-page.tsx';
import { ClustersPage } from './pages/clusters-page.tsx';
import { ExchangesPage } from './pages/exchanges-page.tsx';
import { GrantsPage } from './pages/grants-page.tsx';
import { OutsidePage, SignInPage } from './pages/outside-page.tsx';
import { PasskeysPage } from './pages/passkeys-page.tsx';
import { PolicyPage } from './pages/policy-page.tsx';
import { SessionPage } from './pages/session-page.tsx';
import { SessionsPage } from './pages/sessions-page.tsx';
import { Empty, Loading } from './parts/notice.tsx';
import { SessionProvider } from './parts/session.ts';
import { Shell } from './parts/shell.tsx';
import { usePath } from './parts/use-path.ts';
import { type Route, routeOf } from './view/route.ts';

/** How often what may have changed is read again while nobody hears of changes. */
const UNHEARD_MS = 10_000;

function PageOf({ route }: { readonly route: Route }): JSX.Element {
  switch (route.page) {
    case 'approvals':
      return <ApprovalsPage id={route.id} />;
    case 'grants':
      return <GrantsPage id={route.id} />;
    case 'break-glass':
      return <BreakGlassPage />;
    case 'sessions':
      return route.id === undefined ? <SessionsPage /> : <SessionPage key={route.id} id={route.id} />;
    case 'agents':
      return <AgentsPage />;
    case 'clusters':
      return <ClustersPage />;
    case 'policy':
      return <PolicyPage />;
    case 'exchanges':
      return <ExchangesPage />;
    case 'passkeys':
      return <PasskeysPage />;
    case 'unknown':
      return <Empty title="There is no such page.">The navigation has all that you can see.</Empty>;
  }
}

interface SignedInProps {
  readonly me: Me;
  readonly reloadMe: () => void;
}

/** Everything for whoever is signed in, live as long as they are. */
function SignedIn({ me, reloadMe }: SignedInProps): JSX.Element {
  const path = usePath();
  const route = routeOf(path);
  const [live, setLive] = useState<LiveState>('connecting');
  const [changed, setChanged] = useState<ReadonlyMap<string, number>>(new Map());
  const [turns, setTurns] = useState(0);
  useEffect(
    () =>
      listen({
        onApproval: (id) => setChanged((before) => new Map(before).set(id, (before.get(id) ?? 0) + 1)),
        onState: (state) => {
          setLive(state);
          // What happened while nobody listened is read anew.
          if (state === 'live') setTurns((count) => count + 1);
          if (state === 'ended') reloadMe();
        },
      }),
    [reloadMe],
  );
  useEffect(() => {
    if (live === 'live') return;
    const timer = setInterval(() => setTurns((count) => count + 1), UNHEARD_MS);
    return () => clearInterval(timer);
  }, [live]);
  useEffect(() => {
    document.title =
      route.page === 'unknown' ? 'Countersign' : `${route.page[0]?.toUpperCase()}${route.page.slice(1)} · Countersign`;
  }, [route.page]);
  const session = useMemo(() => {
    const all = [...changed.values()].reduce((sum, count) => sum + count, turns);
    return { me, live, changes: all, changesOf: (id: string) => (changed.get(id) ?? 0) + turns, reloadMe };
  }, [me, live, changed, turns, reloadMe]);
  return (
    <SessionProvider value={session}>
      <Shell page={route.page === 'unknown' ? undefined : route.page}>
        <PageOf route={route} />
      </Shell>
    </SessionProvider>
  );
}

interface Known {
  readonly me?: Me;
  readonly error?: unknown;
}

/** The console: who somebody is decides what they see. */
export function App(): JSX.Element {
  const [{ me, error }, setKnown] = useState<Known>({});
  const reloadMe = useCallback(() => {
    call<Me>('GET', '/api/v1/me').then(
      (found) => setKnown({ me: found }),
      // Who is in stays so through a loss of connection; the gateway is asked again by whatever they do next.
      (cause: unknown) =>
        setKnown((before) =>
          before.me && cause instanceof CallError && cause.status === 0 ? before : { error: cause },
        ),
    );
  }, []);
  useEffect(reloadMe, [reloadMe]);
  if (me) return <SignedIn me={me} reloadMe={reloadMe} />;
  if (error === undefined) return <Loading />;
  if (isSignedOut(error)) return <SignInPage to={location.pathname} />;
  return (
    <OutsidePage title={error instanceof CallError ? error.title : 'Not available'}>
      <p class="muted">{error instanceof Error ? error.message : ''}</p>
      <button type="button" class="primary" onClick={reloadMe}>
        Try again
      </button>
    </OutsidePage>
  );
}
