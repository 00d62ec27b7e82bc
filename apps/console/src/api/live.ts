// SPDX-License-Identifier: Apache-2.0

/** `lost`: the browser tries again by itself; `ended`: it was refused, and does not. */
export type LiveState = 'connecting' | 'live' | 'lost' | 'ended';

export interface LiveOptions {
  /** Hears the id of each approval that has changed. */
  readonly onApproval: (id: string) => void;
  readonly onState: (state: LiveState) => void;
}

function idIn(data: unknown): string | undefined {
  try {
    const id: unknown = JSON.parse(String(data))?.id;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Listens to what changes, until the returned function is called. */
export function listen({ onApproval, onState }: LiveOptions): () => void {
  const source = new EventSource('/api/v1/events');
  source.addEventListener('hello', () => onState('live'));
  source.addEventListener('approvals', (event) => {
    const id = idIn(event.data);
    if (id !== undefined) onApproval(id);
  });
  source.addEventListener('error', () => onState(source.readyState === EventSource.CLOSED ? 'ended' : 'lost'));
  return () => source.close();
}
