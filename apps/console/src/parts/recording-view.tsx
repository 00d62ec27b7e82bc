// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Flowed, Form, Recording } from '../api/recordings.ts';
import { streamWords } from '../view/recording-words.ts';
import { visibleText } from '../view/visible-parts.ts';
import { Notice } from './notice.tsx';
import { TerminalPlayer } from './terminal-player.tsx';
import { Untrusted } from './untrusted.tsx';

interface RecordingViewProps {
  readonly recording: Recording;
  readonly as: Form;
  readonly flowed: Flowed;
}

function Transcript({ label, text }: { readonly label: string; readonly text: string }): JSX.Element {
  if (text === '') return <p class="muted">Nothing was printed.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by its focus
    <section class="transcript" tabIndex={0} aria-label={label}>
      {text
        .trimEnd()
        .split('\n')
        .map((line) => (
          <div>
            <Untrusted text={line} />
          </div>
        ))}
    </section>
  );
}

/** What flowed in a stream: a terminal is played, all else read as lines. */
export function RecordingView({ recording, as, flowed }: RecordingViewProps): JSX.Element {
  const what = visibleText(streamWords(recording));
  return (
    <>
      {recording.state === 'running' ? (
        <Notice kind="info" title="It goes on.">
          This is how far it had come when you opened it.
        </Notice>
      ) : null}
      {flowed.isPart ? (
        <Notice kind="warning" title="This is the beginning of it.">
          It is longer than a page holds: <code>countersign sessions replay</code> has all of it.
        </Notice>
      ) : null}
      {as === 'cast' ? (
        <TerminalPlayer label={`Terminal of ${what}`} cast={flowed.text} />
      ) : (
        <Transcript label={`Output of ${what}`} text={flowed.text} />
      )}
    </>
  );
}
