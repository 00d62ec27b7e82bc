// SPDX-License-Identifier: Apache-2.0
import { type Direction, type Link, Wire } from './wire.ts';

/** What is kept back: a statement, which PostgreSQL then never hears, or the answer that it was carried out. */
type Kept = 'statement' | 'answer';

interface Trap {
  /** Whether a statement with its parameters is the one. */
  readonly fits: (statement: string) => boolean;
  readonly kept: Kept;
  readonly caught: () => void;
}

/** Between a gateway and PostgreSQL: one statement can be caught, so that what follows it does not happen yet. */
export class StoreWire {
  #wire: Wire | undefined;
  #trap: Trap | undefined;
  /** What each connection has said since it was last answered. */
  readonly #said = new WeakMap<Link, string>();

  static async to(port: number): Promise<StoreWire> {
    const store = new StoreWire();
    store.#wire = await Wire.to(port, (...seen) => store.#look(...seen));
    return store;
  }

  get port(): number {
    return this.#wire?.port ?? 0;
  }

  /** Resolves once such a statement, or its answer, is kept back; one that changed nothing is let through. */
  catch(fits: Trap['fits'], kept: Kept): Promise<void> {
    return new Promise((caught) => {
      this.#trap = { fits, kept, caught };
    });
  }

  /** Lets go of what was caught, and catches nothing more. */
  release(): void {
    this.#trap = undefined;
    for (const link of this.#wire?.links ?? []) {
      link.release('up');
      link.release('down');
    }
  }

  /** Ends all connections: what was caught is lost, and nothing more is. */
  cut(): void {
    this.#trap = undefined;
    this.#wire?.cut();
  }

  close(): void {
    this.#wire?.close();
  }

  #look(link: Link, direction: Direction, bytes: Buffer): void {
    if (direction === 'up') this.#lookAtStatement(link, bytes);
    else this.#lookAtAnswer(link, bytes);
  }

  #lookAtStatement(link: Link, bytes: Buffer): void {
    const said = (this.#said.get(link) ?? '') + bytes.toString('latin1');
    this.#said.set(link, said);
    if (!this.#trap?.fits(said)) return;
    if (this.#trap.kept === 'answer') link.hold('down');
    else {
      link.hold('up');
      this.#trap.caught();
    }
  }

  #lookAtAnswer(link: Link, bytes: Buffer): void {
    const said = this.#said.get(link) ?? '';
    this.#said.delete(link);
    if (!link.isHeld('down')) return;
    const answer = link.heldText('down') + bytes.toString('latin1');
    if (answer.includes('UPDATE 1\0')) this.#trap?.caught();
    else if (answer.includes('UPDATE 0\0')) link.release('down');
    else this.#said.set(link, said);
  }
}
