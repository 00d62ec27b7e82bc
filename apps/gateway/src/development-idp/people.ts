// SPDX-License-Identifier: Apache-2.0
import type { DevelopmentClient, DevelopmentLoginClient } from './agent-clients.ts';

/** Who may log in with a browser, without a password: whoever uses this machine is each of them. */
export interface DevelopmentLogin {
  /** The one program that they log in to with a browser. */
  readonly client: DevelopmentLoginClient;
  /** Id of a program without a browser of its own, for which they say yes in theirs: by a code that it shows. */
  readonly deviceClientId?: string;
  /** Their ids are `sub` of their tokens. */
  readonly people: readonly DevelopmentClient[];
}

/** The people of a development identity provider, by id. */
export class People {
  readonly #groups: ReadonlyMap<string, readonly string[]>;

  constructor(people: readonly DevelopmentClient[]) {
    this.#groups = new Map(people.map(({ id, groups }) => [id, groups]));
  }

  get ids(): readonly string[] {
    return [...this.#groups.keys()];
  }

  has(id: string): boolean {
    return this.#groups.has(id);
  }

  groupsOf(id: string): readonly string[] {
    return this.#groups.get(id) ?? [];
  }
}
