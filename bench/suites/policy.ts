// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CedarEngine, loadPolicySet } from '@countersign/gateway';
import { parseRequest } from '@countersign/kube';
import { type Decision, decide, noFacts, type PolicyInput, type PolicySet } from '@countersign/policy';
import { BenchError } from '../bench-error.ts';
import { type Row, row } from '../report/row.ts';
import { AGENT, CLUSTER, NAMESPACE } from '../site/gateway-config.ts';
import { writePolicies } from '../site/policies.ts';
import { temporaryDir } from '../site/temporary-dir.ts';
import type { SuiteContext, SuiteResult } from './suite.ts';

const DECISIONS = 5_000;
const GROUP = 'Policy, one thread, nothing cached';

interface Case {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly expected: Decision['effect'];
}

const IN_NAMESPACE = `/api/v1/namespaces/${NAMESPACE}`;
const CASES: readonly Case[] = [
  { name: 'get a ConfigMap: allow', method: 'GET', target: `${IN_NAMESPACE}/configmaps/settings`, expected: 'allow' },
  { name: 'create a ConfigMap: allow', method: 'POST', target: `${IN_NAMESPACE}/configmaps`, expected: 'allow' },
  {
    name: 'delete a ConfigMap: deny',
    method: 'DELETE',
    target: `${IN_NAMESPACE}/configmaps/settings`,
    expected: 'deny',
  },
  { name: 'get nodes: deny', method: 'GET', target: '/api/v1/nodes', expected: 'deny' },
];

function inputOf({ method, target }: Case): PolicyInput {
  return {
    principal: {
      kind: 'agent',
      id: AGENT,
      owner: 'ada@example.com',
      purpose: 'Reads the namespace demo',
      groups: ['reporters'],
      issuer: 'https://issuer.example',
      subject: AGENT,
      act: [],
    },
    cluster: CLUSTER,
    request: parseRequest(method, target),
    dryRun: false,
    object: noFacts,
    credential: { kind: 'token', expiresAt: '2026-11-24T12:00:00.000Z' },
    sourceAddress: '127.0.0.1',
    time: '2026-11-24T11:50:00.000Z',
  };
}

function decisionsPerSecond(set: PolicySet, input: PolicyInput, expected: Decision['effect'], count: number): number {
  const start = performance.now();
  for (let done = 0; done < count; done += 1) {
    const { effect } = decide(set, input);
    if (effect !== expected) throw new BenchError('ERR_BENCH_WRONG_ANSWER', `${effect} instead of ${expected}`);
  }
  return (count * 1_000) / (performance.now() - start);
}

/** A folder whose one rule permits everything: what a decision costs at least. */
async function writeOneRule(dir: string): Promise<void> {
  await mkdir(join(dir, 'organisation'), { recursive: true });
  await mkdir(join(dir, 'clusters', CLUSTER), { recursive: true });
  await writeFile(join(dir, 'organisation', 'all.cedar'), '@id("all")\npermit (principal, action, resource);\n');
}

/** Decisions of the shipped policies, beside those of a set of one rule. */
export async function policySuite({ effort, onProgress }: SuiteContext): Promise<SuiteResult> {
  await using stack = new AsyncDisposableStack();
  const dir = await temporaryDir(stack);
  await writePolicies(join(dir, 'shipped'));
  await writeOneRule(join(dir, 'one'));
  const engine = new CedarEngine();
  const shipped = await loadPolicySet(engine, join(dir, 'shipped'), CLUSTER);
  const oneRule = await loadPolicySet(engine, join(dir, 'one'), CLUSTER);
  const count = Math.ceil(DECISIONS / effort.divisor);
  const rows: Row[] = [];
  for (const one of CASES) {
    onProgress(`policy: ${one.name}`);
    const input = inputOf(one);
    const [rounds, base]: [number[], number[]] = [[], []];
    for (let round = 0; round <= effort.rounds; round += 1) {
      const measured = decisionsPerSecond(shipped, input, one.expected, count);
      const beside = decisionsPerSecond(oneRule, input, 'allow', count);
      // The first round warms up.
      if (round === 0) continue;
      rounds.push(measured);
      base.push(beside);
    }
    rows.push(row(GROUP, one.name, '1/s', rounds, { of: 'one rule', rounds: base }));
    if (one === CASES[0]) rows.push(row(GROUP, 'base: a set of one rule, get a ConfigMap', '1/s', base));
  }
  const rules = `Baseline and the example for the lab: ${shipped.rules.size} rules.`;
  return { rows, notes: [rules], verdicts: [] };
}
