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
  /** Which of them may be stopped by who looks, and is no operator; operators may change all. */
  readonly mayStop?: (row: T) => boolean;
  readonly empty: { readonly title: string; readonly text: string };
}

/** A page of what is registered: operators disable, enable, lock and unlock it, others stop what they may. */
export function RegisteredPage<T extends Registered>(props: RegisteredPageProps<T>): JSX.Element {
  const { kind, title, lead, columns, keyOf, empty, mayStop } = props;
  const { me } = useSession();
  const isOperator = me.roles.includes('operator');
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
      if (!isOperator && !mayStop?.(row)) return null;
      const common = { kind, id: keyOf(row), ask: setAsked, done: resource.reload } as const;
      return (
        <>
          {isOperator || row.state === 'enabled' ? (
            <StateButton {...common} source={row.source} state={row.state} />
          ) : null}
          {isOperator || !row.lock ? <LockButton {...common} lock={row.lock} /> : null}
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
        columns={[name, ...columns, ...(isOperator || mayStop ? [actions] : [])]}
        keyOf={keyOf}
        empty={empty}
      />
      {asked ? <ConfirmDialog confirmation={asked} onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}
