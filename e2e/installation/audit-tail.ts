// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import type { AuditEvent } from './audit-events.ts';

/** Reads the audit log of an API server as it grows, each event once. */
export class AuditTail {
  readonly #file: string;
  #offset = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** The events that were written, whole, since the last call. */
  async next(): Promise<AuditEvent[]> {
    const file = await open(this.#file);
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(size - this.#offset);
      await file.read(bytes, 0, bytes.length, this.#offset);
      const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
      this.#offset += whole.length;
      const lines = whole.toString('utf8').split('\n').filter(Boolean);
      return lines.map((line): AuditEvent => JSON.parse(line));
    } finally {
      await file.close();
    }
  }
}
