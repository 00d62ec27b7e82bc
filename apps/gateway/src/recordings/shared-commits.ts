// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path';
import { syncDirectory } from '../log/durable-file.ts';
import { AppendFile } from './append-file.ts';
import { encodeEntry } from './journal-entry.ts';
import { RecordingsError } from './recordings-error.ts';

/** A block of this length is worth a sync of its own: nothing is gained by writing it twice, and nobody is to wait for it. */
const LARGE_BYTES = 65_536;
/** What is committed at a time, at most, and one block more. */
const BATCH_BYTES = 4_194_304;
/** The file of a recording. */
export interface CommittedFile {
  readonly stream: string;
  readonly file: AppendFile;
}

interface Waiting {
  readonly to: CommittedFile;
  readonly block: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

type Written = Waiting & { readonly offset: number };

/**
 * Makes the blocks of many recordings durable with few syncs. A large one is written and synced by itself. Of small ones
 * one batch is on its way to the disk at a time; what comes meanwhile is the next. Each block is written to its recording,
 * where whoever follows it finds it at once. One that is alone is synced there; those of several recordings go together into a journal with one sync for all of
 * them, and the recordings are synced later: when the journal is full, when they end, before the log hears of them. The
 * start after a crash replays the journal. When it fails, nothing more is recorded until a restart.
 */
export class SharedCommits {
  readonly #journal: AppendFile;
  /** Recordings of which something is durable in the journal alone. */
  readonly #inJournal = new Set<CommittedFile>();
  readonly #closing = new Map<CommittedFile, Promise<void>>();
  #waiting: Waiting[] = [];
  readonly #journalBytes: number;
  #running: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #failure: RecordingsError | undefined;

  private constructor(journal: AppendFile, journalBytes: number) {
    this.#journal = journal;
    this.#journalBytes = journalBytes;
  }

  /**
   * Begins an empty journal at `path`; what an earlier one held MUST have been replayed. At `journalBytes` it is emptied,
   * once the recordings themselves have all of it.
   */
  static async open(path: string, journalBytes: number): Promise<SharedCommits> {
    const journal = await AppendFile.createAnew(path);
    await syncDirectory(dirname(path));
    return new SharedCommits(journal, journalBytes);
  }

  /** Why nothing more is recorded; undefined as long as something is. */
  get failure(): RecordingsError | undefined {
    return this.#failure;
  }

  /**
   * Resolves when the block is durable. Of one recording one block is on its way at a time.
   * @throws RecordingsError by the promise
   */
  append(to: CommittedFile, block: Uint8Array): Promise<void> {
    if (block.length >= LARGE_BYTES) return this.#appendLarge(to, block);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ to, block, resolve, reject });
    this.#running ??= this.#run();
    return promise;
  }

  /** Resolves when the recording's own file has all that is durable of it. @throws RecordingsError */
  async settle(one: CommittedFile): Promise<void> {
    if (this.#inJournal.has(one)) await (this.#closing.get(one) ?? one.file.sync());
  }

  /** Lets go of a recording, whose own file then has all that is durable of it. @throws RecordingsError */
  close(one: CommittedFile): Promise<void> {
    const closing = this.#closing.get(one) ?? this.#close(one);
    this.#closing.set(one, closing);
    return closing.finally(() => this.#closing.delete(one));
  }

  /** Lets go of the journal, when all recordings are closed. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    await this.#running;
    await Promise.allSettled(this.#closing.values());
    if (this.#failure === undefined && this.#inJournal.size === 0) await this.#journal.empty();
    await this.#journal.close();
  }

  async #run(): Promise<void> {
    // What is written in this turn of the event loop goes into one batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commit(this.#take());
    this.#running = undefined;
  }

  #take(): readonly Waiting[] {
    let bytes = 0;
    const count = this.#waiting.findIndex(({ block }) => {
      bytes += block.length;
      return bytes > BATCH_BYTES;
    });
    return this.#waiting.splice(0, count < 0 ? this.#waiting.length : count + 1);
  }

  async #appendLarge({ file }: CommittedFile, block: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await file.append(block);
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const written = (await Promise.all(batch.map((one) => this.#write(one)))).filter((one) => one !== undefined);
    const [only] = written;
    if (written.length === 1 && only) await settled(only, only.to.file.sync());
    else await Promise.all(this.#together(written));
    const isFull = this.#journal.bytes > this.#journalBytes && this.#failure === undefined;
    if (isFull) await this.#empty().catch((error) => this.#fail(error));
  }

  /** Into its recording; undefined when that failed, which whoever waits for it is told. */
  async #write(one: Waiting): Promise<Written | undefined> {
    const { to, block, reject } = one;
    const offset = to.file.bytes;
    try {
      if (this.#failure !== undefined) throw this.#failure;
      await to.file.write(block);
      return { ...one, offset };
    } catch (error) {
      reject(error as Error);
      return undefined;
    }
  }

  #together(small: readonly Written[]): readonly Promise<void>[] {
    if (small.length === 0) return [];
    for (const { to } of small) this.#inJournal.add(to);
    const journaled = this.#journal.append(
      Buffer.concat(small.map(({ to, offset, block }) => encodeEntry({ stream: to.stream, offset, block }))),
    );
    journaled.catch((error) => this.#fail(error));
    return small.map((one) => settled(one, journaled));
  }

  /** Of what is in the journal, nothing is there alone any more: it can begin anew. */
  async #empty(): Promise<void> {
    await Promise.all([...this.#inJournal].map((one) => this.settle(one)));
    this.#inJournal.clear();
    await this.#journal.empty();
  }

  async #close(one: CommittedFile): Promise<void> {
    try {
      await one.file.sync();
      this.#inJournal.delete(one);
    } catch (error) {
      // What the journal alone has of it would be lost with the journal.
      if (this.#inJournal.has(one)) this.#fail(error);
      throw error;
    } finally {
      await one.file.close();
    }
  }

  #fail(cause: unknown): void {
    const message = `recordings can't be made durable together: ${(cause as Error).message}`;
    this.#failure ??= new RecordingsError('ERR_RECORDINGS_FAILED', message, { cause });
  }
}

async function settled({ resolve, reject }: Waiting, work: Promise<void>): Promise<void> {
  try {
    await work;
    resolve();
  } catch (error) {
    reject(error as Error);
  }
}
