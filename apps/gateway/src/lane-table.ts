// SPDX-License-Identifier: Apache-2.0
import type { Lane } from '@countersign/kube';
import { Fault } from './faults.ts';

/** One step of an exchange: the exchange with what it found out added, or why it ends here. */
export type Stage<In, Out> = (exchange: In) => Out | Fault | Promise<Out | Fault>;

/** The stage of each lane in a row; a blank cell does not concern that lane. */
export type Cells<In, Out> = Partial<Record<Lane, Stage<In, Out>>>;

interface Row {
  readonly name: string;
  readonly cellOf: (lane: Lane | undefined) => Stage<unknown, unknown> | undefined;
  readonly blank: object;
}

/** How far an exchange came, and the fault that ended it there. */
export interface Stopped<In> {
  readonly fault: Fault;
  readonly stage: string;
  readonly reached: In;
}

/** Stages down in running order, lanes across; one typed value grows on its way down. */
export class LaneTable<In extends object, Out extends In> {
  readonly #rows: readonly Row[];

  private constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  static begin<T extends object>(): LaneTable<T, T> {
    return new LaneTable([]);
  }

  /** A stage that concerns every lane, or that runs before the lane is known. */
  every<Next extends Out>(name: string, stage: Stage<Out, Next>): LaneTable<In, Next> {
    return this.#with<Next>({ name, cellOf: () => stage as Stage<unknown, unknown>, blank: {} });
  }

  /** A stage a lane; `blank` is what the exchange gains where the row has no cell. */
  row<Added extends object>(name: string, cells: Cells<Out, Out & Added>, blank: Added): LaneTable<In, Out & Added> {
    const cellOf = (lane: Lane | undefined) =>
      lane === undefined ? undefined : (cells[lane] as Stage<unknown, unknown>);
    return this.#with<Out & Added>({ name, cellOf, blank });
  }

  /** The row without which a lane is refused. */
  required<Added extends object>(name: string, cells: Cells<Out, Out & Added>): LaneTable<In, Out & Added> {
    const cellOf = (lane: Lane | undefined) =>
      ((lane === undefined ? undefined : cells[lane]) ?? (() => new Fault('ERR_NO_LANE', String(lane)))) as Stage<
        unknown,
        unknown
      >;
    return this.#with<Out & Added>({ name, cellOf, blank: {} });
  }

  /**
   * Runs the rows in order, all of them or from one on. What a stage throws is the caller's of `run` to answer; `reached`
   * follows each step.
   */
  async run(exchange: In, reached: (exchange: In) => void, from?: string): Promise<Out | Stopped<In>> {
    let current: In & { readonly lane?: Lane } = exchange;
    const first = from === undefined ? 0 : this.#rows.findIndex(({ name }) => name === from);
    if (first < 0) throw new TypeError(`there is no row ${from}`);
    for (const { name, cellOf, blank } of this.#rows.slice(first)) {
      const stage = cellOf(current.lane);
      const step = stage ? stage(current) : { ...current, ...blank };
      // Most stages have nothing to wait for, and a turn of the queue for each would be a part of every request.
      const next = step instanceof Promise ? await step : step;
      if (next instanceof Fault) return { fault: next, stage: name, reached: current };
      current = next as In;
      reached(current);
    }
    return current as Out;
  }

  #with<Next extends Out>(row: Row): LaneTable<In, Next> {
    return new LaneTable<In, Next>([...this.#rows, row]);
  }
}
