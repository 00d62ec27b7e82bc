// SPDX-License-Identifier: Apache-2.0
import { RecordingsError } from './recordings-error.ts';

/**
 * What `work` gives, or its failure. A disk that does not answer is as good as one that fails: what it does later is nobody's
 * any more.
 * @throws RecordingsError `ERR_RECORDINGS_STALLED` after `stallMs`
 */
export async function unlessStalled<T>(work: Promise<T>, stallMs: number): Promise<T> {
  const { promise: stalled, reject } = Promise.withResolvers<never>();
  const message = `the disk has not answered for ${stallMs} ms`;
  const timer = setTimeout(() => reject(new RecordingsError('ERR_RECORDINGS_STALLED', message)), stallMs);
  try {
    return await Promise.race([work, stalled]);
  } catch (error) {
    work.catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
