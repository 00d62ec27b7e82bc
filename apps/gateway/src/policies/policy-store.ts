// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { KubeRequest } from '@countersign/kube';
import {
  type Decision,
  DecisionCache,
  type Dependence,
  decisionSteps,
  dependenceSteps,
  dependsOnDetails,
  describeDecision,
  doSteps,
  type Explanation,
  explain,
  explanationSteps,
  looksAtContainer,
  looksAtLive,
  namesIn,
  type PolicyEngine,
  type PolicyInput,
  type PolicyProblem,
  policyDigest,
  preparePolicySet,
  type Rule,
  type Steps,
} from '@countersign/policy';
import type { Asker } from '../apart/fair-thread.ts';
import { CedarEngine } from './cedar.ts';
import { checkDirectory, type SetSummary, summarizeSets } from './check-directory.ts';
import { hash } from './hash.ts';
import { PoliciesError } from './policies-error.ts';
import { type PolicyDirectory, readPolicyDirectory } from './policy-directory.ts';
import { PolicyJudge } from './policy-judge.ts';
import { watchDirectory } from './watch-directory.ts';

/** A set that is in force from now on. */
export interface LoadedSet extends SetSummary {
  /** The same as `digest` where nothing changed, undefined for a new set. */
  readonly previousDigest: string | undefined;
}

/** A change of the policy folder. */
export type PolicyChange =
  | {
      readonly type: 'loaded';
      readonly epoch: number;
      /** Of the whole folder. */
      readonly digest: string;
      readonly sets: readonly LoadedSet[];
      /** Clusters that have no policies any more. */
      readonly removed: readonly string[];
    }
  | {
      readonly type: 'rejected';
      /** The epoch and the digest that stay in force. */
      readonly epoch: number;
      readonly digest: string;
      /** What was refused; undefined where it couldn't be read. */
      readonly rejectedDigest: string | undefined;
      readonly problems: readonly PolicyProblem[];
    }
  /** What was rejected is gone: the folder is again what stayed in force. */
  | { readonly type: 'mended' };

/** The policies of one cluster as they are in force at this moment. */
export interface ClusterPolicies {
  readonly epoch: number;
  readonly digest: string;
  decide(input: PolicyInput): Decision;
  /**
   * As `decide`; an input of many names in another thread, so that nobody else waits for it. Policies that are in force by
   * then are others where the epoch is.
   */
  decideFor(asker: Asker, input: PolicyInput): Decision | Promise<Decision>;
  /** Whether a rule of this effect may decide otherwise for some requests that a review doesn't tell apart. */
  dependsOnDetails(request: KubeRequest, effect: 'permit' | 'forbid'): boolean;
  /** Whether a rule that may concern such a request looks at the object that it names. */
  looksAtLive(request: KubeRequest): boolean;
  /** Whether such a request names no container, and a rule that may concern it looks at that. */
  looksAtContainer(request: KubeRequest): boolean;
  /** Whether the object that a request names can change what is decided of it, of which it must be one that exists. */
  dependsOnLive(input: PolicyInput): boolean;
  /** What of the object that a request names can change what is decided of it; as `decideFor`. */
  dependenceFor(asker: Asker, input: PolicyInput): Dependence | Promise<Dependence>;
  /** The sentence that a refused caller is told; `remark` is put behind what an ask needs. */
  describe(decision: Decision, remark?: string): string;
  explainFor(asker: Asker, input: PolicyInput, decision: Decision): Explanation | Promise<Explanation>;
}

export interface PolicyStoreOptions {
  /**
   * Told of every change. A load waits for it before the policies are in force: if it rejects, the old ones stay and
   * the load is tried again at the next look.
   */
  readonly onChange: (change: PolicyChange) => Promise<void>;
  readonly engine?: PolicyEngine;
  /** Default 5,000. */
  readonly pollMs?: number;
  /** Two looks this far apart must agree before a change is taken up. Default 200. */
  readonly settleMs?: number;
  /** Says since when policies are in force. */
  readonly now?: () => Date;
}

/** A set as it is in force: what stands in its own files, not what it inherits. */
export interface SetInForce {
  readonly set: string;
  /** Of a cluster: what its decisions name. */
  readonly digest: string;
  readonly rules: readonly Rule[];
}

/** All policies that are in force. */
export interface PoliciesInForce {
  readonly epoch: number;
  /** Of the whole folder. */
  readonly digest: string;
  readonly since: Date;
  /** The organisation's first. */
  readonly sets: readonly SetInForce[];
}

interface Generation {
  readonly epoch: number;
  readonly digest: string;
  readonly sets: ReadonlyMap<string, DecisionCache>;
  /** The same as exchanges see them. */
  readonly views: ReadonlyMap<string, ClusterPolicies>;
  readonly loaded: readonly LoadedSet[];
  readonly rules: ReadonlyMap<string, readonly Rule[]>;
  readonly since: Date;
}

const nothingYet: Generation = {
  ...{ epoch: 0, digest: '', since: new Date(0) },
  ...{ sets: new Map(), views: new Map(), loaded: [], rules: new Map() },
};

/**
 * The policies of every cluster, from a folder that is read again when it changes. Either all of it is valid and comes
 * into force at once, under the next epoch, or nothing of it does and the last good policies stay.
 */
export class PolicyStore implements AsyncDisposable {
  readonly #dir: string;
  readonly #engine: PolicyEngine;
  readonly #judge: PolicyJudge;
  readonly #onChange: PolicyStoreOptions['onChange'];
  readonly #settleMs: number;
  readonly #now: () => Date;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(epoch: number) => void>();
  #watcher: Disposable | undefined;
  #current = nothingYet;
  /** Kept for exchanges that hold its view: released when the next one takes its place. */
  #previous = nothingYet;
  #lastRejection = '';
  #queue: Promise<void> = Promise.resolve();

  private constructor(dir: string, options: PolicyStoreOptions) {
    this.#dir = dir;
    this.#engine = options.engine ?? new CedarEngine();
    this.#judge = new PolicyJudge(this.#engine);
    this.#onChange = options.onChange;
    this.#settleMs = options.settleMs ?? 200;
    this.#now = options.now ?? (() => new Date());
  }

  /**
   * Loads the folder and watches it.
   * @throws PoliciesError `ERR_POLICIES_INVALID` with all problems: without a first good version nothing can be decided
   */
  static async open(dir: string, options: PolicyStoreOptions): Promise<PolicyStore> {
    const store = new PolicyStore(dir, options);
    const directory = await readPolicyDirectory(dir);
    const checked = checkDirectory(store.#engine, directory);
    if (checked.problems.length > 0) {
      throw new PoliciesError('ERR_POLICIES_INVALID', `the policies in ${dir} can't be used:`, checked.problems);
    }
    await store.#putInForce(directory, checked.rules);
    const watched = { pollMs: options.pollMs ?? 5000, quietMs: store.#settleMs };
    store.#watcher = watchDirectory(dir, watched, () => store.#look());
    return store;
  }

  get epoch(): number {
    return this.#current.epoch;
  }

  /** Of the whole folder. */
  get digest(): string {
    return this.#current.digest;
  }

  /** What is in force now, rule by rule. */
  get inForce(): PoliciesInForce {
    const { epoch, digest, since, loaded, rules } = this.#current;
    const sets = loaded.map(({ set, digest: ofSet }) => {
      const own = (rules.get(set) ?? []).filter(({ ref }) => ref.set === set);
      return { set, digest: ofSet, rules: own };
    });
    return { epoch, digest, since, sets };
  }

  /** A cluster without a folder of its own has no policies: every decision is `undecided`. */
  forCluster(name: string): ClusterPolicies {
    const { epoch, views, digest } = this.#current;
    return views.get(name) ?? withoutPolicies(epoch, digest);
  }

  /** Called with each new epoch once it is in force; returns the way to stop. */
  onEpoch(listener: (epoch: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Reads the folder now, without waiting for it to settle. Problems go to `onChange`.
   * @throws PoliciesError `ERR_POLICIES_CLOSED`, or what `onChange` throws
   */
  async reload(): Promise<void> {
    const turn = this.#queue.then(() => this.#load());
    this.#queue = turn.catch(() => undefined);
    await turn;
  }

  async close(): Promise<void> {
    this.#watcher?.[Symbol.dispose]();
    this.#closing.abort();
    await this.#queue;
    await this.#judge.close();
    for (const generation of [this.#previous, this.#current])
      for (const decisions of generation.sets.values()) decisions.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #look(): Promise<void> {
    try {
      let before = await readPolicyDirectory(this.#dir);
      if (isSame(before, this.#current) && this.#lastRejection === '') return;
      for (;;) {
        await delay(this.#settleMs, undefined, { signal: this.#closing.signal, ref: false });
        const after = await readPolicyDirectory(this.#dir);
        if (isDeepStrictEqual(after, before)) break;
        before = after;
      }
      await this.reload();
    } catch {
      // NOTE: what onChange threw is its owner's to report; the next look tries again
    }
  }

  async #load(): Promise<void> {
    if (this.#closing.signal.aborted) throw new PoliciesError('ERR_POLICIES_CLOSED', 'the policy store is closed');
    const directory = await readPolicyDirectory(this.#dir);
    const { rules, problems } = checkDirectory(this.#engine, directory);
    if (problems.length > 0) await this.#reject(directory, problems);
    else if (isSame(directory, this.#current)) await this.#mend();
    else await this.#putInForce(directory, rules);
  }

  async #reject(directory: PolicyDirectory, problems: readonly PolicyProblem[]): Promise<void> {
    const rejection = JSON.stringify([digestOf(directory), directory.problems]);
    if (rejection === this.#lastRejection) return;
    const { epoch, digest } = this.#current;
    const rejectedDigest = directory.problems.length > 0 ? undefined : digestOf(directory);
    await this.#onChange({ type: 'rejected', epoch, digest, rejectedDigest, problems });
    this.#lastRejection = rejection;
  }

  async #mend(): Promise<void> {
    if (this.#lastRejection === '') return;
    await this.#onChange({ type: 'mended' });
    this.#lastRejection = '';
  }

  async #putInForce(directory: PolicyDirectory, rules: ReadonlyMap<string, readonly Rule[]>): Promise<void> {
    const next = this.#prepare(directory, rules);
    try {
      await this.#onChange(loadedChange(next, this.#current));
    } catch (error) {
      for (const decisions of next.sets.values()) decisions.release();
      throw error;
    }
    for (const decisions of this.#previous.sets.values()) decisions.release();
    this.#previous = this.#current;
    this.#current = next;
    this.#lastRejection = '';
    for (const listener of this.#listeners) listener(next.epoch);
  }

  #prepare(directory: PolicyDirectory, rules: ReadonlyMap<string, readonly Rule[]>): Generation {
    const sets = new Map<string, DecisionCache>();
    try {
      for (const [name, sources] of directory.clusters) {
        const set = preparePolicySet(this.#engine, name, policyDigest(hash, sources), rules.get(name) ?? []);
        sets.set(name, new DecisionCache(set));
      }
    } catch (error) {
      for (const decisions of sets.values()) decisions.release();
      throw error;
    }
    const loaded = summarizeSets(directory, rules).map((summary) => {
      const before = this.#current.loaded.find(({ set }) => set === summary.set);
      return { ...summary, previousDigest: before?.digest };
    });
    const epoch = this.#current.epoch + 1;
    const views = new Map([...sets].map(([name, decisions]) => [name, viewOf(epoch, decisions, this.#judge)]));
    return { epoch, digest: digestOf(directory), sets, views, loaded, rules, since: this.#now() };
  }
}

/** Names a version of the whole folder. */
function digestOf({ organisation, clusters }: PolicyDirectory): string {
  const own = [...clusters].flatMap(([name, sources]) => sources.filter(({ set }) => set === name));
  return policyDigest(hash, [...organisation, ...own, ...[...clusters.keys()].map(emptyMarker)]);
}

/** A cluster without a file of its own is in the digest too: it has policies, unlike one without a folder. */
function emptyMarker(set: string): { set: string; file: string; text: string } {
  return { set, file: '', text: '' };
}

function isSame(directory: PolicyDirectory, { digest }: Generation): boolean {
  return directory.problems.length === 0 && digestOf(directory) === digest;
}

function loadedChange({ epoch, digest, loaded }: Generation, current: Generation): PolicyChange {
  const kept = new Set(loaded.map(({ set }) => set));
  const removed = current.loaded.map(({ set }) => set).filter((set) => !kept.has(set));
  return { type: 'loaded', epoch, digest, sets: loaded, removed };
}

/** With more names than these an input is asked about in another thread. One of as many takes some 0.4 ms more. */
const AT_ONCE_NAMES = 128;

function viewOf(epoch: number, decisions: DecisionCache, judge: PolicyJudge): ClusterPolicies {
  const { set } = decisions;
  const isShort = (input: PolicyInput) => namesIn(input) <= AT_ONCE_NAMES;
  const dependence = (input: PolicyInput) =>
    doSteps(
      dependenceSteps(set, input, (one) => known(decisions.decide(one))),
      set.engine,
    );
  return {
    epoch,
    digest: set.digest,
    decide: (input) => decisions.decide(input),
    decideFor: (asker, input) =>
      isShort(input) ? decisions.decide(input) : judge.run(decisionSteps(set, input), asker),
    dependsOnDetails: (request, effect) => dependsOnDetails(set, request, effect),
    looksAtLive: (request) => looksAtLive(set, request),
    looksAtContainer: (request) => looksAtContainer(set, request),
    dependsOnLive: (input) => dependence({ ...input, mayCreate: false }).onLive,
    dependenceFor: (asker, input) =>
      isShort(input) ? dependence(input) : judge.run(dependenceSteps(set, input), asker),
    describe: (decision, remark) => describeDecision(set, decision, remark),
    explainFor: (asker, input, decision) =>
      isShort(input) ? explain(set, input, decision) : judge.run(explanationSteps(set, input, decision), asker),
  };
}

/** Of what is known already nothing is asked. */
// biome-ignore lint/correctness/useYield: it has no questions
function* known(decision: Decision): Steps<Decision> {
  return decision;
}

function withoutPolicies(epoch: number, policyDigest: string): ClusterPolicies {
  const problem = 'this cluster has no policies: there is no folder of its name in clusters/';
  const summary = `policy could not be evaluated: ${problem}`;
  const undecided = { effect: 'undecided', policyDigest, rules: [], problem } as const;
  return {
    epoch,
    digest: policyDigest,
    dependsOnDetails: () => false,
    looksAtLive: () => false,
    looksAtContainer: () => false,
    dependsOnLive: () => false,
    dependenceFor: () => ({ onLive: false, onExistence: false }),
    decide: () => undecided,
    decideFor: () => undecided,
    describe: () => summary,
    explainFor: () => ({ summary, because: [problem], change: ['an operator adds policies for it'] }),
  };
}
