// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, type JsonValue, jsonAt, KubeError, parseJson } from '@countersign/kube';
import type { Admitted } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { askAsAgent, type QuestionParts } from '../own-question.ts';

/** Where objects of a kind stand in the API. */
export interface Resource {
  /** `/api/v1`, `/apis/apps/v1`. */
  readonly base: string;
  /** `deployments`. */
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** A list of a group's resources is longer than an object, and has more in it. */
const LIMITS = { maxBytes: 8 * 1024 * 1024, maxValues: 1_000_000 };
const API_VERSION = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[a-z0-9]{1,63}$/;

function listed(list: JsonValue, base: string, kind: string): Resource | undefined {
  const resources = jsonAt(list, 'resources');
  const found = (isJsonArray(resources) ? resources : []).find((one) => {
    const name = jsonAt(one, 'name');
    return jsonAt(one, 'kind') === kind && typeof name === 'string' && !name.includes('/');
  });
  const plural = jsonAt(found, 'name');
  return typeof plural === 'string' ? { base, plural, isNamespaced: jsonAt(found, 'namespaced') === true } : undefined;
}

/** Looks kinds up as the API server lists them, as the agent and on record; each group and version once. */
export class Resources {
  readonly #exchange: Admitted;
  readonly #parts: QuestionParts;
  readonly #lists = new Map<string, Promise<JsonValue | Fault>>();

  constructor(exchange: Admitted, parts: QuestionParts) {
    this.#exchange = exchange;
    this.#parts = parts;
  }

  /** @throws Fault, TunnelError, LogError */
  async find(apiVersion: string, kind: string): Promise<Resource | Fault> {
    if (!API_VERSION.test(apiVersion)) return new Fault('ERR_BODY_MALFORMED', 'its apiVersion is none');
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const known = this.#lists.get(base);
    const list = known ?? this.#ask(base);
    if (!known) this.#lists.set(base, list);
    const found = await list;
    if (found instanceof Fault) return found;
    return listed(found, base, kind) ?? absent(`the cluster has no ${kind} of ${apiVersion} now`);
  }

  async #ask(base: string): Promise<JsonValue | Fault> {
    const question = { purpose: 'discovery', target: base, accept: 'application/json' } as const;
    const { status, bytes } = await askAsAgent(this.#exchange, question, this.#parts);
    if (status === 404) return absent(`the cluster has no ${base.slice(base.indexOf('/', 1) + 1)} now`);
    if (status !== 200) return new Fault('ERR_EFFECT_UNKNOWN', `the API server answered ${status} for ${base}`);
    try {
      return parseJson(bytes, LIMITS);
    } catch (cause) {
      if (!(cause instanceof KubeError)) throw cause;
      return new Fault('ERR_EFFECT_UNKNOWN', `what the API server has under ${base} could not be read`, { cause });
    }
  }
}

function absent(what: string): Fault {
  return new Fault('ERR_EFFECT_UNKNOWN', `${what}: plan what brings it first, and this after that is done`);
}
