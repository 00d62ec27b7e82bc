// SPDX-License-Identifier: Apache-2.0
import { wholeLines } from '../view/whole-lines.ts';
import { call, open } from './call.ts';
import type { Items } from './types.ts';

/** A recording of a stream, as it is listed: nothing of what flowed. */
export interface Recording {
  readonly id: string;
  readonly exchange: string;
  readonly from: string;
  readonly to?: string;
  readonly end?: 'complete' | 'cut';
  readonly reason?: string;
  readonly state: 'running' | 'ended';
  readonly bytes: number;
  readonly kind?: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly tty?: boolean;
}

export type Form = 'cast' | 'text';

/** What flowed, as far as a page holds it. */
export interface Flowed {
  readonly text: string;
  /** Whether there is more of it than a page holds. */
  readonly isPart: boolean;
}

/** What a page holds of one: more of a terminal, which is drawn a screen at a time, than of text, which is all there at once. */
const MAX_CHARACTERS: Readonly<Record<Form, number>> = { cast: 16_777_216, text: 262_144 };

const pathOf = (session: string): string => `/api/v1/sessions/${encodeURIComponent(session)}/recordings`;

export async function recordingsOf(session: string, signal: AbortSignal): Promise<readonly Recording[]> {
  return (await call<Items<Recording>>('GET', pathOf(session), undefined, signal)).items;
}

/**
 * Has a recording opened, which the gateway puts on record; whole lines of it.
 * @throws CallError
 */
export async function readRecording(session: string, id: string, as: Form): Promise<Flowed> {
  const { body } = await open('GET', `${pathOf(session)}/${encodeURIComponent(id)}?as=${as}`);
  return wholeLines(body ?? new ReadableStream(), MAX_CHARACTERS[as]);
}
