// SPDX-License-Identifier: Apache-2.0

/** Of each kind of thing; beyond that the oldest is forgotten. */
const MAX_KEPT = 1_000;

interface Kept {
  readonly payload: Record<string, unknown>;
  readonly expiresAtMs: number;
}

/**
 * What oidc-provider keeps of one kind of thing (codes, sessions, grants, logins under way), until it expires or the process
 * ends.
 * @see https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js
 */
export class MemoryStorage {
  readonly #kept = new Map<string, Kept>();

  async find(id: string): Promise<Record<string, unknown> | undefined> {
    const found = this.#kept.get(id);
    return found && found.expiresAtMs > Date.now() ? found.payload : undefined;
  }

  async findByUid(uid: string): Promise<Record<string, unknown> | undefined> {
    const [id] = [...this.#kept].find(([, { payload }]) => payload.uid === uid) ?? [];
    return id === undefined ? undefined : this.find(id);
  }

  async findByUserCode(userCode: string): Promise<Record<string, unknown> | undefined> {
    const [id] = [...this.#kept].find(([, { payload }]) => payload.userCode === userCode) ?? [];
    return id === undefined ? undefined : this.find(id);
  }

  async upsert(id: string, payload: Record<string, unknown>, expiresInSeconds: number): Promise<void> {
    const now = Date.now();
    for (const [old, { expiresAtMs }] of this.#kept) if (expiresAtMs <= now) this.#kept.delete(old);
    this.#kept.delete(id);
    this.#kept.set(id, { payload, expiresAtMs: now + expiresInSeconds * 1_000 });
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > MAX_KEPT && !oldest.done) this.#kept.delete(oldest.value);
  }

  async consume(id: string): Promise<void> {
    const found = this.#kept.get(id);
    if (found) found.payload.consumed = Math.floor(Date.now() / 1_000);
  }

  async destroy(id: string): Promise<void> {
    this.#kept.delete(id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, { payload }] of this.#kept) if (payload.grantId === grantId) this.#kept.delete(id);
  }
}
