// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Lockable, listLockable } from '../api/locks.ts';
import { type Confirmation, ConfirmDialog } from './confirm-dialog.tsx';
import type { Column } from './data-table.tsx';
import { ListPage } from './list-page.tsx';
import { LockButton, StateButton } from './row-buttons.tsx';
import { useSession } from './session.ts';
import type { RegisteredKind } from './state-actions.ts';
import { Untrusted } from './untrusted.tsx';
import { useResource } from './use-resource.ts';

/** What agents and clusters have in common: who declared them, and whether they are let in. */
interface Registered {
  readonly source: 'config' | 'api';
  readonly state: 'enabled' | 'disabled';
}

interface RegisteredPageProps<T extends Registered> {
  readonly kind: RegisteredKind;
  readonly title: string;
  readonly lead: string;
  /** Behind that of its name. */
  readonly columns: readonly Column<Lockable<T>>[];
  readonly keyOf: (row: T) => string;
  readonly empty: { readonly title: string; readonly text: string };
}

/** A page of what is registered; operators disable, enable, lock and unlock it. */
export function RegisteredPage<T extends Registered>(props: RegisteredPageProps<T>): JSX.Element {
  const { kind, title, lead, columns, keyOf, empty } = props;
  const { me } = useSession();
  const [asked, setAsked] = useState<Confirmation>();
  const resource = useResource(`${kind}s`, 0, (signal) => listLockable<T>(`/api/v1/${kind}s`, kind, keyOf, signal));
  const name: Column<Lockable<T>> = {
    name: kind === 'agent' ? 'Agent' : 'Cluster',
    cell: (row) => (
      <strong>
        <Untrusted text={keyOf(row)} />
      </strong>
    ),
  };
  const actions: Column<Lockable<T>> = {
    name: 'Actions',
    kind: 'actions',
    cell: (row) => {
      const common = { kind, id: keyOf(row), ask: setAsked, done: resource.reload } as const;
      return (
        <>
          <StateButton {...common} source={row.source} state={row.state} />
          <LockButton {...common} lock={row.lock} />
        </>
      );
    },
  };
  return (
    <>
      <ListPage
        title={title}
        lead={lead}
        resource={resource}
        columns={[name, ...columns, ...(me.roles.includes('operator') ? [actions] : [])]}
        keyOf={keyOf}
        empty={empty}
      />
      {asked ? <ConfirmDialog confirmation={asked} onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}
