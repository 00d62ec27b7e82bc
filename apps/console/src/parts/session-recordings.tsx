// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Flowed, type Form, type Recording, readRecording, recordingsOf } from '../api/recordings.ts';
import { sizeWords, stateWords, streamWords } from '../view/recording-words.ts';
import { clockTime } from '../view/time.ts';
import { visibleText } from '../view/visible-parts.ts';
import { type Column, DataTable } from './data-table.tsx';
import { ErrorNotice } from './notice.tsx';
import { RecordingView } from './recording-view.tsx';
import { useSession } from './session.ts';
import { Untrusted } from './untrusted.tsx';
import { useResource } from './use-resource.ts';
import { useTask } from './use-task.ts';
import { useTurn } from './use-turn.ts';

interface Shown {
  readonly recording: Recording;
  readonly as: Form;
  readonly flowed: Flowed;
}

const COLUMNS: readonly Column<Recording>[] = [
  { name: 'Stream', cell: (recording) => <Untrusted text={streamWords(recording)} /> },
  { name: 'Began', kind: 'number', cell: ({ from }) => clockTime(from) },
  { name: 'State', cell: (recording) => stateWords(recording) },
  { name: 'Size', kind: 'number', cell: ({ bytes }) => sizeWords(bytes) },
];

/** What was recorded of a session; auditors open it, one at a time. */
export function SessionRecordings({ session }: { readonly session: string }): JSX.Element | null {
  const { me } = useSession();
  const { busy, error, run } = useTask();
  const [shown, setShown] = useState<Shown>();
  const resource = useResource(session, useTurn(), (signal) => recordingsOf(session, signal));
  const open = (recording: Recording, as: Form): void =>
    run(async () => {
      setShown(undefined);
      setShown({ recording, as, flowed: await readRecording(session, recording.id, as) });
    });
  const actions: Column<Recording> = {
    name: 'Actions',
    kind: 'actions',
    cell: (recording) => {
      const what = visibleText(streamWords(recording));
      return (
        <>
          {recording.tty ? (
            <button type="button" disabled={busy} onClick={() => open(recording, 'cast')}>
              Replay<span class="sr-only"> {what}</span>
            </button>
          ) : null}
          <button type="button" disabled={busy} onClick={() => open(recording, 'text')}>
            Read<span class="sr-only"> {what}</span>
          </button>
        </>
      );
    },
  };
  const isAuditor = me.roles.includes('auditor');
  const rows = resource.value ?? [];
  return (
    <section class="recordings" aria-labelledby="recordings-title">
      <h2 id="recordings-title">Recordings</h2>
      <p class="muted">
        {isAuditor
          ? 'Whoever opens one is put on record. It is checked against the log first.'
          : 'Auditors replay them.'}
      </p>
      <ErrorNotice error={resource.error ?? error} />
      {shown ? (
        <div class="replay">
          <div class="replay-head">
            <strong>
              <Untrusted text={streamWords(shown.recording)} />
            </strong>
            <button type="button" onClick={() => setShown(undefined)}>
              Close
            </button>
          </div>
          <RecordingView {...shown} />
        </div>
      ) : null}
      {rows.length === 0 ? (
        <p class="muted">No exec, attach or port-forward of this session is among the latest recordings.</p>
      ) : (
        <DataTable
          label="Recordings"
          columns={isAuditor ? [...COLUMNS, actions] : COLUMNS}
          rows={rows}
          keyOf={({ id }) => id}
        />
      )}
    </section>
  );
}
