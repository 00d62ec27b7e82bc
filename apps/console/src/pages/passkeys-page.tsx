// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { call } from '../api/call.ts';
import { canUsePasskeys, registerPasskey, wantsLogin } from '../api/passkeys.ts';
import type { Items, Passkey } from '../api/types.ts';
import { type Confirmation, ConfirmDialog } from '../parts/confirm-dialog.tsx';
import type { Column } from '../parts/data-table.tsx';
import { ListPage } from '../parts/list-page.tsx';
import { ErrorNotice, Notice } from '../parts/notice.tsx';
import { useSession } from '../parts/session.ts';
import { Untrusted } from '../parts/untrusted.tsx';
import { useResource } from '../parts/use-resource.ts';
import { useTask } from '../parts/use-task.ts';
import { clockTime } from '../view/time.ts';

const MAX_NAME = 64;

function Register({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const { busy, error, run } = useTask();
  const submit = (event: Event): void => {
    event.preventDefault();
    run(async () => {
      await registerPasskey(name.trim());
      setName('');
      onDone();
    });
  };
  if (!canUsePasskeys()) {
    return (
      <Notice kind="warning" title="This browser can’t use passkeys here.">
        It takes a current browser, and https with a certificate that it trusts (or localhost).
      </Notice>
    );
  }
  return (
    <form class="tools" onSubmit={submit}>
      <label class="field field-inline">
        <span class="sr-only">Name of the new passkey</span>
        <input
          required
          maxLength={MAX_NAME}
          placeholder="Name, such as laptop or security key"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary" disabled={busy}>
        Register a passkey
      </button>
      <ErrorNotice error={error} />
      {wantsLogin(error) ? (
        <a class="button" href="/auth/login?to=/passkeys">
          Sign in again
        </a>
      ) : null}
    </form>
  );
}

/** The passkeys of whoever is signed in. */
export function PasskeysPage(): JSX.Element {
  const { reloadMe } = useSession();
  const [asked, setAsked] = useState<Confirmation>();
  const resource = useResource('passkeys', 0, async (signal) => {
    return (await call<Items<Passkey>>('GET', '/api/v1/passkeys', undefined, signal)).items;
  });
  const changed = (): void => {
    resource.reload();
    reloadMe();
  };
  const remove = ({ id, name }: Passkey): Confirmation => ({
    title: 'Remove this passkey?',
    body: (
      <>
        <Untrusted text={name} /> countersigns nothing more. What it has signed stays verifiable.
      </>
    ),
    verb: 'Remove passkey',
    act: async () => {
      await call('DELETE', `/api/v1/passkeys/${encodeURIComponent(id)}`);
      changed();
    },
  });
  const columns: readonly Column<Passkey>[] = [
    {
      name: 'Name',
      cell: ({ name }) => (
        <strong>
          <Untrusted text={name} />
        </strong>
      ),
    },
    { name: 'Registered', cell: ({ createdAt }) => clockTime(createdAt), kind: 'number' },
    { name: 'Credential', cell: ({ id }) => <code>{id.length > 24 ? `${id.slice(0, 24)}…` : id}</code> },
    {
      name: 'Actions',
      kind: 'actions',
      cell: (passkey) => (
        <button type="button" onClick={() => setAsked(remove(passkey))}>
          Remove
          <span class="sr-only">
            {' '}
            <Untrusted text={passkey.name} />
          </span>
        </button>
      ),
    },
  ];
  return (
    <>
      <ListPage
        title="Passkeys"
        lead="You countersign with one. One that you have vouches for the next; each registration and removal is on record."
        resource={resource}
        columns={columns}
        keyOf={({ id }) => id}
        empty={{
          title: 'You have no passkey yet.',
          text: 'Without one you see what is asked, and can’t answer it here.',
        }}
        tools={<Register onDone={changed} />}
      />
      {asked ? <ConfirmDialog confirmation={asked} onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}
