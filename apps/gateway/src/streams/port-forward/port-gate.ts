// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { goesOnBy } from '../../approvals/is-covered.ts';
import type { Decided, LivePart, MadeDecision, Used } from '../../exchange.ts';
import { Fault } from '../../faults.ts';
import type { ActiveGrants } from '../../grants/active-grants.ts';
import { isRevealed } from '../../is-revealed.ts';
import type { Log } from '../../log/log.ts';
import type { PolicyStore } from '../../policies/policy-store.ts';
import { refusalOf } from '../../policies/refusal-of.ts';
import { type PortOccasion, portRecord } from '../../records/port-records.ts';

/** Each is on record; nobody needs as many. */
const MAX_PORTS = 128;

export interface PortGateParts {
  readonly policies: PolicyStore;
  readonly grants: ActiveGrants;
  readonly log: Log;
  readonly now: () => Date;
  readonly faultOf: (error: unknown) => Fault;
  /** The port was open, and policy closes it. */
  readonly onClosed: (port: number, fault: Fault) => void;
}

/** A port-forward that was let through, perhaps by an approval that it has used. */
type GatedExchange = Decided & Partial<Pick<Used, 'approval' | 'countersigned'>>;

interface KnownPort {
  /** What the last decision on record says, but for its id. */
  readonly said: string;
  readonly durable: Promise<unknown>;
}

/** Decides the ports of one port-forward, each time that a connection asks for one, and again when policy changes. */
export class PortGate {
  readonly #exchange: GatedExchange;
  readonly #stream: string;
  readonly #parts: PortGateParts;
  readonly #known = new Map<number, KnownPort>();
  readonly #open = new Map<number, LivePart>();

  constructor(exchange: GatedExchange, stream: string, parts: PortGateParts) {
    this.#exchange = exchange;
    this.#stream = stream;
    this.#parts = parts;
  }

  /**
   * Decides a port; resolves, once that is on record, with why not, or undefined where a connection may be opened to it.
   * @throws Fault `ERR_LIMIT_PORTS`, LogError
   */
  async admit(port: number): Promise<Fault | undefined> {
    if (!this.#known.has(port) && this.#known.size >= MAX_PORTS) throw new Fault('ERR_LIMIT_PORTS', String(MAX_PORTS));
    const made = this.#decide(port);
    const fault = this.#refusalOf(made);
    // In the same turn: policies that change from here on find it among the live ones.
    if (fault) this.#shut(port, fault);
    else this.#keepOpen(port, made);
    await this.#record(port, made, 'port');
    return fault;
  }

  /** Decides no more. */
  close(): void {
    for (const port of [...this.#open.keys()]) this.#close(port);
  }

  #decide(port: number): MadeDecision {
    const { made, cluster } = this.#exchange;
    const input = { ...made.input, port, time: this.#parts.now().toISOString() };
    const { policies, grants } = this.#parts;
    return grants.applyTo({ id: randomUUID(), input, decision: policies.forCluster(cluster).decide(input) });
  }

  #refusalOf(made: MadeDecision): Fault | undefined {
    const isCountersigned = goesOnBy(this.#exchange, made.decision);
    const policies = this.#parts.policies.forCluster(this.#exchange.cluster);
    const refusal = isCountersigned ? undefined : refusalOf(made, policies);
    if (refusal) return refusal;
    return isRevealed(made.decision) ? undefined : new Fault('ERR_FORWARD_NOT_MASKABLE');
  }

  #keepOpen(port: number, made: MadeDecision): void {
    const { parts } = this.#exchange.life;
    this.#close(port);
    const part: LivePart = { made, decidedAgain: (again) => this.#decidedAgain(port, again) };
    this.#open.set(port, part);
    parts.add(part);
  }

  /** Ends what a port has open, too: this may be the first to see that it is not allowed any more. */
  #shut(port: number, fault: Fault): void {
    const wasOpen = this.#open.has(port);
    this.#close(port);
    if (wasOpen) this.#parts.onClosed(port, fault);
  }

  #close(port: number): void {
    const part = this.#open.get(port);
    if (part) this.#exchange.life.parts.delete(part);
    this.#open.delete(port);
  }

  #decidedAgain(port: number, made: MadeDecision): void {
    const fault = this.#refusalOf(made);
    if (fault) this.#close(port);
    else this.#keepOpen(port, made);
    // Nothing goes on by a decision that is not on record.
    this.#record(port, made, 'policy-epoch').catch((error: unknown) => {
      this.#close(port);
      this.#parts.onClosed(port, this.#parts.faultOf(error));
    });
    if (fault) this.#parts.onClosed(port, fault);
  }

  /** Once for as long as the same is decided: a thousand connections to one port are one record. */
  async #record(port: number, made: MadeDecision, occasion: PortOccasion): Promise<void> {
    const said = JSON.stringify([made.decision, made.grant]);
    const known = this.#known.get(port);
    if (known?.said === said) {
      await known.durable;
      return;
    }
    const durable = this.#parts.log.append([portRecord(this.#exchange, this.#stream, { port, made, occasion })]);
    this.#known.set(port, { said, durable });
    // What is not on record must be put there the next time.
    durable.catch(() => this.#known.delete(port));
    await durable;
  }
}
