// SPDX-License-Identifier: Apache-2.0

interface RecordingLike {
  readonly kind?: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly tty?: boolean;
  readonly state: 'running' | 'ended';
  readonly end?: 'complete' | 'cut';
  readonly reason?: string;
}

/** What a recording is of: `exec web-0 in shop, container web`. */
export function streamWords({ kind, namespace, pod, container }: RecordingLike): string {
  // Its stream has not begun, or never did.
  if (kind === undefined) return 'a stream that did not begin';
  const where = namespace ? ` in ${namespace}` : '';
  return `${kind} ${pod ?? ''}${where}${container === undefined ? '' : `, container ${container}`}`;
}

/** How it ended, or that it goes on. */
export function stateWords({ state, end, reason }: RecordingLike): string {
  if (state === 'running') return 'running';
  return end === 'cut' ? `cut: ${reason ?? 'unknown'}` : 'complete';
}

/** How much there is of it: `0 B`, `12 KiB`, `3 MiB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  return bytes < 1_048_576 ? `${Math.round(bytes / 1_024)} KiB` : `${Math.round(bytes / 1_048_576)} MiB`;
}
