// SPDX-License-Identifier: Apache-2.0
import { EventLines, type StreamEvent } from '../view/event-lines.ts';
import { pageHeaders } from './page-secret.ts';

/** `lost`: it is tried again; `ended`: it was refused, and is not. */
export type LiveState = 'connecting' | 'live' | 'lost' | 'ended';

export interface LiveOptions {
  /** Hears the id of each approval that has changed. */
  readonly onApproval: (id: string) => void;
  readonly onState: (state: LiveState) => void;
}

/** Between two tries: so many pages at once do not keep a gateway from coming back. */
const AGAIN_MS = 3_000;

function idIn(data: string): string | undefined {
  try {
    const id: unknown = JSON.parse(data)?.id;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

function tell({ name, data }: StreamEvent, { onApproval, onState }: LiveOptions): void {
  if (name === 'hello') onState('live');
  const id = name === 'approvals' ? idIn(data) : undefined;
  if (id !== undefined) onApproval(id);
}

/**
 * One stream, to its end; false where it was refused. Fetched, as the browser's own EventSource sends no header of the page.
 */
async function hear(options: LiveOptions, signal: AbortSignal): Promise<boolean> {
  const response = await fetch('/api/v1/events', {
    headers: { accept: 'text/event-stream', ...pageHeaders() },
    credentials: 'same-origin',
    redirect: 'error',
    cache: 'no-store',
    signal,
  });
  if (response.status >= 400 && response.status < 500 && response.status !== 429) return false;
  if (!response.ok || !response.body) return true;
  const lines = new EventLines();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return true;
      for (const event of lines.push(value)) tell(event, options);
    }
  } finally {
    await reader.cancel();
  }
}

async function listenOn(options: LiveOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const isHeard = await hear(options, signal).catch(() => true);
    if (signal.aborted) return;
    options.onState(isHeard ? 'lost' : 'ended');
    if (!isHeard) return;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** Listens to what changes, until the returned function is called. */
export function listen(options: LiveOptions): () => void {
  const ended = new AbortController();
  void listenOn(options, ended.signal);
  return () => ended.abort();
}
