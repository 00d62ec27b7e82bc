// SPDX-License-Identifier: Apache-2.0
import { unwatchFile, watchFile } from 'node:fs';
import { assertChangedFiles } from './check-files.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { type LoadedConfig, loadConfig } from './load.ts';

/** Whoever is taken out of the file loses within a second what they have open. */
const LOOK_EVERY_MS = 250;
const RETRY_MS = 5_000;

/** What came of a look at the file. */
export type ConfigChange =
  | { readonly type: 'loaded'; readonly next: LoadedConfig; readonly previousDigest: string | undefined }
  | { readonly type: 'rejected'; readonly problems: readonly ConfigProblem[] };

export interface ConfigStoreOptions {
  /** A new configuration is in force once this resolves; if it rejects, the old one stays and the file is tried again. */
  readonly onChange: (change: ConfigChange) => Promise<void>;
  readonly onProblem: (error: unknown) => void;
  /** How soon after a rejection; 5,000 by default. */
  readonly retryMs?: number;
}

/** The configuration in force: read again when its file changes, the last good one kept. */
export class ConfigStore implements Disposable {
  readonly #options: ConfigStoreOptions;
  #current: LoadedConfig;
  #lastRejection = '';
  #queue: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #disposed = false;
  readonly #listener = () => this.#enqueue();

  constructor(loaded: LoadedConfig, options: ConfigStoreOptions) {
    this.#current = loaded;
    this.#options = options;
    watchFile(loaded.file, { interval: LOOK_EVERY_MS, persistent: false }, this.#listener);
    // It may have changed since it was loaded, and a watch tells only of what comes after it.
    this.#enqueue();
  }

  get current(): LoadedConfig {
    return this.#current;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#retry);
    unwatchFile(this.#current.file, this.#listener);
  }

  #enqueue(): void {
    this.#queue = this.#queue.then(() => this.#look()).catch((error: unknown) => this.#tryAgain(error));
  }

  /** The file itself will not change again: what kept it from being taken in may pass. */
  #tryAgain(error: unknown): void {
    this.#options.onProblem(error);
    clearTimeout(this.#retry);
    if (!this.#disposed) this.#retry = setTimeout(this.#listener, this.#options.retryMs ?? RETRY_MS).unref();
  }

  async #look(): Promise<void> {
    let next: LoadedConfig;
    try {
      next = await loadConfig(this.#current.file);
      await assertChangedFiles(next);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      if (error.message === this.#lastRejection) return;
      await this.#options.onChange({ type: 'rejected', problems: error.problems });
      this.#lastRejection = error.message;
      return;
    }
    this.#lastRejection = '';
    if (next.digest === this.#current.digest) return;
    await this.#options.onChange({ type: 'loaded', next, previousDigest: this.#current.digest });
    this.#current = next;
  }
}
