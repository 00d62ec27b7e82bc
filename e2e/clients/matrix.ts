// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '@countersign/lab';
import { watchesBegun } from '../installation/audit-events.ts';
import type { Installation } from '../installation.ts';
import { canariesIn } from './canaries.ts';
import { comparable } from './differences.ts';
import { endState } from './end-state.ts';
import { givenNamespace } from './given.ts';
import { directKubeconfig, gatewayKubeconfig } from './kubeconfigs.ts';
import { givenMetrics } from './pod-metrics.ts';
import { argsOf, type Row } from './row.ts';
import { type Programs, type RowResult, Side } from './side.ts';

/** How one row went, for the table. */
export interface RowReport {
  readonly client: string;
  readonly row: string;
  readonly commands: number;
  /** Bytes that the row gave through the gateway: outputs and files. */
  readonly bytes: number;
  /** Whether the API server itself shows the canary in this row. */
  readonly hasCanary: boolean;
}

/** Runs rows direct and through the gateway, as the same identity, and compares all that comes of them. */
export class Matrix {
  readonly reports: RowReport[] = [];
  readonly #site: Installation;
  readonly #direct: Side;
  readonly #gateway: Side;

  private constructor(site: Installation, direct: Side, gateway: Side) {
    this.#site = site;
    this.#direct = direct;
    this.#gateway = gateway;
  }

  /** Both ways as one agent with one group. */
  static async open(site: Installation, agent: string, group: string): Promise<Matrix> {
    const dirs = { dir: join(site.dir, `${agent}-direct`), gwy: join(site.dir, `${agent}-gateway`) };
    const authority = await createAuthority('shop');
    const { certificate, key } = await authority.issue({ commonName: 'shop', dnsNames: ['shop.example'] });
    for (const dir of Object.values(dirs)) {
      await mkdir(dir);
      // Beside the directory that each row runs in.
      await Promise.all([writeFile(join(dir, 'tls.crt'), certificate), writeFile(join(dir, 'tls.key'), key)]);
    }
    const watchesOf = (namespace: string) => watchesBegun(site.lab('lab'), namespace);
    const direct = await directKubeconfig(site, agent, group);
    const gateway = await gatewayKubeconfig(site, agent);
    return new Matrix(
      site,
      new Side({ namespaceOf: namespacesOf('dir'), dir: dirs.dir, kubeconfig: direct, watchesOf }),
      new Side({ namespaceOf: namespacesOf('gwy'), dir: dirs.gwy, kubeconfig: gateway, watchesOf }),
    );
  }

  /** Makes the namespaces that rows under this id run in, and returns their names. */
  async given(id: string): Promise<readonly string[]> {
    const namespaces = [this.#direct, this.#gateway].map((side) => side.namespace(id));
    await Promise.all(namespaces.map((namespace) => givenNamespace(this.#site.lab('lab'), namespace)));
    return namespaces;
  }

  /** Gives each of these namespaces, of a cluster that serves them, metrics of its pod. */
  async givenMetrics(namespaces: readonly string[]): Promise<void> {
    for (const namespace of namespaces) await givenMetrics(this.#site.lab('lab'), namespace);
  }

  /**
   * Runs a row both ways and fails where they differ, where a step has not the exit code that it should have, and where
   * the canary comes through the gateway. `comparesEnd`: also where the namespaces differ afterwards.
   */
  async check(client: string, row: Row, id: string, programs: Programs, comparesEnd: boolean): Promise<void> {
    const sides = [this.#direct, this.#gateway] as const;
    const [direct, gateway] = await Promise.all(sides.map((side) => side.run(row, id, programs)));
    assert.ok(direct && gateway);
    for (const [index, step] of direct.steps.entries()) {
      const words = wordsOf(row, index);
      assert.equal(step.code, row.codes?.[index] ?? 0, `direct: ${words}: ${step.stderr}`);
      assert.deepEqual(comparableStep(gateway.steps[index]), comparableStep(step), words);
    }
    assert.deepEqual(comparableFiles(gateway), comparableFiles(direct), `${row.name}: files`);
    const shown = JSON.stringify(gateway);
    assert.deepEqual(canariesIn(shown), [], `${row.name}: what must be masked came through`);
    if (comparesEnd) {
      const ends = await Promise.all(sides.map((side) => endState(this.#site.lab('lab'), side.namespace(id))));
      const [directEnd = '', gatewayEnd = ''] = ends.map(comparable);
      assert.deepEqual(JSON.parse(gatewayEnd), JSON.parse(directEnd), `${row.name}: what is there afterwards`);
    }
    const hasCanary = canariesIn(JSON.stringify(direct)).length > 0;
    this.reports.push({
      client,
      row: row.name,
      commands: row.steps.length,
      bytes: Buffer.byteLength(shown),
      hasCanary,
    });
  }
}

/** Three letters, so that namespaces of both sides have names of one length. */
const namespacesOf = (side: 'dir' | 'gwy') => (id: string) => `m-${side}-${id}`;

function wordsOf(row: Row, index: number): string {
  return [row.program, ...argsOf(row.steps[index] ?? [])].join(' ');
}

function comparableStep(step: RowResult['steps'][number] | undefined): object {
  const { code, stdout = '', stderr = '' } = step ?? {};
  return { code, stdout: comparable(stdout).split('\n'), stderr: comparable(stderr).split('\n') };
}

function comparableFiles({ files }: RowResult): object {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, comparable(text).split('\n')]));
}
