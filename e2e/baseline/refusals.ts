// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { Caller } from '../installation/caller.ts';
import type { Installation } from '../installation.ts';
import { namedIn } from './named-rules.ts';
import type { Attempt } from './spellings.ts';

/** What one line of the baseline was tried with. */
export interface Tally {
  readonly line: string;
  readonly attempts: number;
  readonly rules: readonly string[];
}

/** What a default agent is refused, and by which rules. */
export class Refusals {
  /** Rules that have refused something. */
  readonly refusing = new Set<string>();
  readonly tally: Tally[] = [];
  readonly #site: Installation;
  readonly #bot: Caller;

  constructor(site: Installation, bot: Caller) {
    this.#site = site;
    this.#bot = bot;
  }

  /**
   * Each attempt is refused, with one of the rules named and nothing else: with a 403, or with what the API server says to
   * the dry run of what must be countersigned.
   */
  async assertRefused(line: string, rules: readonly string[], attempts: readonly Attempt[]): Promise<void> {
    assert.ok(attempts.length > 0, `${line}: nothing to try`);
    for (const { method, path, body, contentType } of attempts) {
      const answer = await this.#bot.call(method, path, { body, ...(contentType ? { contentType } : {}) });
      const what = `${line}: ${method} ${path} ${contentType ?? ''} ${JSON.stringify(body)}: ${answer.text}`;
      assert.ok(answer.status === 403 || answer.json.details.causes[0].reason === 'ERR_EFFECT_REFUSED', what);
      const named = namedIn(answer.json);
      for (const rule of named) this.refusing.add(rule);
      assert.ok(
        rules.some((rule) => named.includes(rule)),
        what,
      );
    }
    this.tally.push({ line, attempts: attempts.length, rules });
  }

  /** The API server itself would do each of these. */
  async assertWouldBeDone(attempts: readonly Attempt[]): Promise<void> {
    const { admin } = this.#site.lab('lab');
    for (const { method, path, body, contentType } of attempts) {
      const dry = `${path}${path.includes('?') ? '&' : '?'}dryRun=All`;
      const answer = await admin.request(method, dry, body, contentType);
      assert.ok(answer.status < 300, `${method} ${dry} ${contentType ?? ''}: ${answer.status} ${answer.body.message}`);
    }
  }

  async refusedThoughPossible(line: string, rules: readonly string[], attempts: readonly Attempt[]): Promise<void> {
    await this.assertWouldBeDone(attempts);
    await this.assertRefused(line, rules, attempts);
  }
}
