// SPDX-License-Identifier: Apache-2.0
import type { NotificationsConfig } from '../config/schema.ts';
import type { Deliveries } from './deliveries.ts';
import type { Intake } from './intake.ts';
import type { NoticeQueue } from './notice-queue.ts';

export interface BackgroundParts {
  readonly intake: Intake;
  readonly deliveries: Deliveries;
  readonly queue: NoticeQueue;
  readonly config: () => NotificationsConfig;
  readonly onProblem: (error: unknown) => void;
}

/** What is done again and again: what was noticed goes into the outbox, and what is there to its receivers. */
export class Background {
  readonly #parts: BackgroundParts;
  #turn: Promise<void> = Promise.resolve();
  #isForgotten = false;

  constructor(parts: BackgroundParts) {
    this.#parts = parts;
  }

  /** Resolves when everything is in the outbox; deliveries go on. @throws StoreError */
  look(): Promise<void> {
    this.#turn = this.#look();
    return this.#turn;
  }

  /** Nothing of it is under way any more, and what was noticed until now is in the outbox. MUST be the last call. */
  async close(): Promise<void> {
    const { intake, deliveries, config, onProblem } = this.#parts;
    await this.#turn.catch(onProblem);
    if (config().receivers.length > 0) await intake.run(true).catch(onProblem);
    await deliveries.close();
  }

  async #look(): Promise<void> {
    const { intake, deliveries, queue, config, onProblem } = this.#parts;
    const { receivers, denials } = config();
    queue.switch(receivers.length === 0 ? undefined : denials);
    if (receivers.length === 0) return this.#forget();
    this.#isForgotten = false;
    await intake.run();
    for (const receiver of receivers) deliveries.run(receiver).catch(onProblem);
  }

  async #forget(): Promise<void> {
    if (this.#isForgotten) return;
    await this.#parts.intake.forget();
    this.#isForgotten = true;
  }
}
