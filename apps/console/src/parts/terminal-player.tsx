// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ErrorNotice } from './notice.tsx';

interface TerminalPlayerProps {
  readonly label: string;
  /** An asciicast in which nothing is left but what draws. */
  readonly cast: string;
}

/** Longer silences are not waited for. */
const IDLE_SECONDS = 2;

/** Plays a terminal; space holds it, the arrows jump. The player is loaded when one is played. */
export function TerminalPlayer({ label, cast }: TerminalPlayerProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let isGone = false;
    let dispose = (): void => undefined;
    import('asciinema-player').then(
      ({ create }) => {
        const { current } = place;
        if (isGone || current === null) return;
        const options = { fit: 'width', controls: true, idleTimeLimit: IDLE_SECONDS, keystrokeOverlay: false } as const;
        const player = create({ data: cast }, current, options);
        dispose = () => player.dispose();
        // So that its keys work at once.
        player.el.focus();
      },
      (cause: unknown) => setError(cause),
    );
    return () => {
      isGone = true;
      dispose();
    };
  }, [cast]);
  return (
    <>
      <ErrorNotice error={error} />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in */}
      <div ref={place} class="terminal" role="group" aria-label={label} />
    </>
  );
}
