// SPDX-License-Identifier: Apache-2.0
import type { Person } from '../approvals/approval.ts';
import { everyDocument } from '../store/every-document.ts';
import type { Collection, PasskeyChallengeDocument } from '../store/store.ts';

const LIFE_MS = 5 * 60_000;
/** Who asks for more has left that many unanswered. */
const MAX_OF_PERSON = 32;
/** 32 bytes in base64url. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

type Purpose = PasskeyChallengeDocument['purpose'];

export interface ChallengesParts {
  readonly challenges: Collection<PasskeyChallengeDocument>;
  readonly now: () => Date;
}

/** What authenticators have been asked to sign, each good for one answer of the person it was made for, for five minutes. */
export class Challenges {
  readonly #parts: ChallengesParts;

  constructor(parts: ChallengesParts) {
    this.#parts = parts;
  }

  /** Keeps a challenge, in base64url, until it is answered; false where the person has left too many unanswered. */
  async issue(challenge: string, purpose: Purpose, { issuer, subject }: Person, nonce?: string): Promise<boolean> {
    const { challenges, now } = this.#parts;
    let own = 0;
    for (const { id, version, value } of await everyDocument(challenges)) {
      if (this.#isOver(value)) await challenges.remove(id, version);
      else if (value.issuer === issuer && value.subject === subject) own += 1;
    }
    if (own >= MAX_OF_PERSON) return false;
    const expiresAt = new Date(now().getTime() + LIFE_MS).toISOString();
    const document = { purpose, issuer, subject, expiresAt, ...(nonce === undefined ? {} : { nonce }) };
    return challenges.insert(challenge, document);
  }

  /**
   * A challenge that is answered: of all who bring an answer, one gets it, and it is gone. Undefined where there is none
   * (any more), or it is somebody else's, who keeps it.
   */
  async take(
    challenge: string,
    purpose: Purpose,
    { issuer, subject }: Person,
  ): Promise<PasskeyChallengeDocument | undefined> {
    if (!CHALLENGE.test(challenge)) return undefined;
    const found = await this.#parts.challenges.get(challenge);
    if (found === undefined) return undefined;
    const { value, version } = found;
    if (value.purpose !== purpose || value.issuer !== issuer || value.subject !== subject) return undefined;
    if (!(await this.#parts.challenges.remove(challenge, version))) return undefined;
    return this.#isOver(value) ? undefined : value;
  }

  #isOver({ expiresAt }: PasskeyChallengeDocument): boolean {
    return this.#parts.now().getTime() >= Date.parse(expiresAt);
  }
}
