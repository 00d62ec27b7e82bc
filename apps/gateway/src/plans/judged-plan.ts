// SPDX-License-Identifier: Apache-2.0
import { type PlannedRequest, plannedAction, plannedRequest } from '../approvals/planned-request.ts';
import type { Effect } from '../effects/effect.ts';
import { effectOf } from '../effects/effect-of.ts';
import type { Admitted, Authenticated, Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { LaneTable } from '../lane-table.ts';
import type { PipelineParts } from '../pipeline.ts';
import { asksPeople } from '../policies/asks-people.ts';
import { refusalOf } from '../policies/refusal-of.ts';
import { faultOf } from '../respond/fault-of.ts';
import { admit } from '../stages/admit.ts';
import { canWait } from '../stages/approve.ts';
import { decide } from '../stages/decide.ts';
import { gather } from '../stages/gather.ts';
import { identify } from '../stages/identify.ts';
import { look } from '../stages/look.ts';
import { parse } from '../stages/parse.ts';
import { exchangeFor, type PlannedManner, type PlannedObject, plannedObject } from './planned-object.ts';
import { Resources } from './resource-of.ts';

/** One object of a plan, as it was judged: what is asked of people, what goes through without them, or why it can't be planned. */
export type JudgedItem =
  | ({ readonly kind: 'ask' } & AskedItem)
  | { readonly kind: 'allow'; readonly action: string }
  | { readonly kind: 'refused'; readonly action: string; readonly fault: Fault };

/** An item that people are asked for, with the form in which it is known again. */
interface AskedItem {
  readonly action: string;
  readonly exchange: Decided;
  readonly planned: PlannedRequest;
}

/** One with what it would do. */
export interface EffectiveItem extends AskedItem {
  readonly effect: Effect;
}

type Refused = Extract<JudgedItem, { readonly kind: 'refused' }>;

/** What a plan is judged by: the stages by which its requests will be, as far as nothing is sent. */
export class PlanJudge {
  readonly #parts: PipelineParts;
  readonly #entry;
  readonly #items;
  readonly #effectOf: (exchange: Decided) => Promise<Effect | Fault>;

  constructor(parts: PipelineParts) {
    const { policies, clusters, log, now, grants, bodyLimits, bodies, effects, dryRuns, refusedUpgrades, hmac } = parts;
    this.#parts = parts;
    this.#entry = LaneTable.begin<Authenticated>().every('identify', identify(parts)).every('admit', admit(parts));
    const lookAtLive = look({ policies, grants, clusters, log, bodies, now });
    this.#items = LaneTable.begin<Admitted>()
      .every('parse', parse(refusedUpgrades))
      .every('gather', gather(bodyLimits, bodies))
      .every('look', lookAtLive)
      .every('decide', decide({ policies, grants, now, look: lookAtLive }));
    this.#effectOf = effectOf({ hmac, clusters, log, effects, dryRuns });
  }

  /** Lets a plan in as one exchange; its `life` MUST be left. */
  async enter(exchange: Authenticated): Promise<Admitted | Fault> {
    let reached: Authenticated & Partial<Admitted> = exchange;
    const entered = await this.#entry.run(exchange, (further) => {
      reached = further;
    });
    if (!('fault' in entered)) return entered;
    reached.life?.leave();
    return entered.fault;
  }

  /** Judges objects one after another, each whatever becomes of the others. @throws LogError */
  async judge(plan: Admitted, texts: readonly string[], manner: PlannedManner): Promise<readonly JudgedItem[]> {
    const resources = new Resources(plan, this.#parts);
    const judged: JudgedItem[] = [];
    for (const [index, text] of texts.entries()) {
      plan.abort.signal.throwIfAborted();
      judged.push(await this.#judgeOne(plan, text, `object ${index + 1}`, manner, resources));
    }
    return judged;
  }

  /** Asks what each would do. */
  async effects(
    items: readonly Extract<JudgedItem, { readonly kind: 'ask' }>[],
  ): Promise<{ readonly found: readonly EffectiveItem[]; readonly refused: readonly Refused[] }> {
    const [found, refused]: [EffectiveItem[], Refused[]] = [[], []];
    for (const { action, exchange, planned } of items) {
      exchange.abort.signal.throwIfAborted();
      const effect = await this.#effectOf(exchange).catch(faultOf);
      if (effect instanceof Fault) refused.push({ kind: 'refused', action, fault: effect });
      else found.push({ action, exchange, planned, effect });
    }
    return { found, refused };
  }

  async #judgeOne(
    plan: Admitted,
    text: string,
    place: string,
    manner: PlannedManner,
    resources: Resources,
  ): Promise<JudgedItem> {
    let action = place;
    try {
      const object = plannedObject(text);
      if (object instanceof Fault) return { kind: 'refused', action, fault: object };
      action = `${place}, ${nameOf(object)}`;
      const resource = await resources.find(object.apiVersion, object.kind);
      if (resource instanceof Fault) return { kind: 'refused', action, fault: resource };
      const asked = exchangeFor(plan, object, resource, manner);
      if (asked instanceof Fault) return { kind: 'refused', action, fault: asked };
      const decided = await this.#items.run(asked, () => undefined);
      if ('fault' in decided) return { kind: 'refused', action, fault: decided.fault };
      return await this.#itemOf(decided);
    } catch (error) {
      return { kind: 'refused', action, fault: faultOf(error) };
    }
  }

  async #itemOf(exchange: Decided): Promise<JudgedItem> {
    const { made, cluster } = exchange;
    const action = plannedAction(exchange);
    if (asksPeople(made) && canWait(exchange))
      return { kind: 'ask', action, exchange, planned: await plannedRequest(exchange, this.#parts.bodies) };
    const refusal = refusalOf(made, this.#parts.policies.forCluster(cluster));
    return refusal ? { kind: 'refused', action, fault: refusal } : { kind: 'allow', action };
  }
}

function nameOf({ kind, name, apiVersion }: PlannedObject): string {
  return [kind, name, `of ${apiVersion}`].filter(Boolean).join(' ');
}
