// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';
import { formatProgress } from '@countersign/lab';
import { DEVICE_CLIENT_ID } from './prepare.ts';
import type { ReadyEvent, UpEvent } from './up-event.ts';
import type { UpPaths } from './up-paths.ts';

/** Where `up` prints for people: a terminal, a pipe or a file. */
export interface Output {
  write(text: string): void;
  /** Whether a line can be drawn again, in bold or dim. */
  readonly isTerminal: boolean;
  /** Width of the terminal; it may change. */
  readonly columns: number | undefined;
}

const SGR = { bold: '1', dim: '2' };
type Style = (text: string, weight: keyof typeof SGR) => string;

function styleOf({ isTerminal }: Output): Style {
  return (text, weight) => (isTerminal ? `\x1b[${SGR[weight]}m${text}\x1b[0m` : text);
}

/** A path as it is typed from here. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return quoted(short.startsWith('..') ? path : short);
}

/** As a shell takes it for one word. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function textOf(event: Exclude<UpEvent, ProgressEvent>, style: Style): string | undefined {
  switch (event.event) {
    case 'gateway':
      return [
        style('Gateway is up', 'bold'),
        `  callers    ${event.data}/clusters/<name>`,
        `  control    ${event.control}/api/v1`,
        `  console    ${event.console}`,
        `  health     ${event.health}/readyz`,
        `  identity   ${event.issuer}  (for development only)`,
      ].join('\n');
    case 'rbac':
      return `${style('The cluster must allow this', 'bold')} (kubectl apply -f - by an administrator):\n\n${event.manifests}`;
    case 'notice':
      return style(`  ${event.message}`, 'dim');
    case 'ready':
      return undefined;
  }
}

type ProgressEvent = Extract<UpEvent, { readonly event: 'progress' }>;

/** Without a terminal a long step says this often that it still runs. */
const STILL_RUNNING_MS = 30_000;
const NARROWEST = 20;

/** Prints the events of a start for people. */
export class UpPrinter {
  readonly #output: Output;
  readonly #style: Style;
  #isLineOpen = false;
  #lastRunning = 0;

  constructor(output: Output) {
    this.#output = output;
    this.#style = styleOf(output);
  }

  print(event: UpEvent): void {
    if (event.event === 'progress') {
      this.#progress(event);
      return;
    }
    const text = textOf(event, this.#style);
    if (text === undefined) return;
    this.#output.write(`${this.#isLineOpen ? '\n' : ''}${text}\n`);
    this.#isLineOpen = false;
  }

  /** On a terminal a step is one line that changes; elsewhere a line when it starts, now and then, and when it ends. */
  #progress(event: ProgressEvent): void {
    const line = `  ${formatProgress(event)}`;
    const isOver = event.state === 'done' || event.state === 'failed';
    if (this.#output.isTerminal) {
      this.#output.write(`\r\x1b[2K${this.#style(isOver ? line : this.#clipped(line), 'dim')}${isOver ? '\n' : ''}`);
      this.#isLineOpen = !isOver;
      return;
    }
    if (event.state !== 'running') this.#lastRunning = 0;
    else if (event.elapsedMs - this.#lastRunning < STILL_RUNNING_MS) return;
    else this.#lastRunning = event.elapsedMs;
    this.#output.write(`${line}\n`);
  }

  /** A line that is drawn again must not wrap: only its last row would be taken back. */
  #clipped(line: string): string {
    const { columns = 80 } = this.#output;
    const room = Math.max(columns - 1, NARROWEST);
    return line.length > room ? `${line.slice(0, room - 1)}…` : line;
  }

  ready(ready: ReadyEvent, paths: UpPaths): void {
    this.#output.write(readyText(ready, paths, this.#style));
  }
}

/** What to try: in the lab with the objects that it is seeded with, in another cluster with what each namespace has. */
function attempts(isLab: boolean): readonly (readonly [command: string, says: string])[] {
  return [
    ['get configmaps', 'a read, as agent reporter'],
    isLab
      ? ['get secret database -o yaml', 'a Secret: its values come masked']
      : ['get secrets -o yaml', 'Secrets, if there are any: their values come masked'],
    [`delete configmap ${isLab ? 'settings' : 'kube-root-ca.crt'}`, 'refused, with the rule that forbids it'],
  ];
}

/** The command that waits for a countersignature, which is there in the lab alone, and the one that gives it. */
function waiting(asAgent: string, { control, console, approver }: ReadyEvent, style: Style): string[] {
  const { issuer, clientId, secretFile, ca } = approver;
  const flags = `--control ${control} --ca ${shown(ca)} --issuer ${issuer} --client-id ${clientId} --client-secret-file ${shown(secretFile)}`;
  return [
    `  ${asAgent} patch configmap settings -p '{"data":{"tone":"calm"}}'`,
    style(
      `      waits until somebody countersigns it: at ${console}, logged in as ${clientId}, with a passkey;`,
      'dim',
    ),
    style('      or as that somebody in a third terminal:', 'dim'),
    style(`      npx countersign approvals list ${flags}`, 'dim'),
    style('      and the same with: approve ID', 'dim'),
    style('      or log in for all of these commands, which then take no flags:', 'dim'),
    style(
      `      npx countersign login --control ${control} --ca ${shown(ca)} --issuer ${issuer} --client-id ${DEVICE_CLIENT_ID}`,
      'dim',
    ),
  ];
}

/** What is running, and five commands to try. */
export function readyText(ready: ReadyEvent, paths: UpPaths, style: Style = (text) => text): string {
  const isLab = ready.kubeconfigs.direct !== undefined;
  const kubectl = isLab ? shown(paths.kubectl) : 'kubectl';
  const asAgent = `${kubectl} --kubeconfig ${shown(ready.kubeconfigs.agent)}`;
  const { dir, trust } = ready.evidence;
  const lines = [
    '',
    style('Ready.', 'bold'),
    ...ready.clusters.map(({ name, server }) => `  cluster    ${name}  ${server}`),
    `  kubeconfig ${shown(ready.kubeconfigs.agent)}  (agent: through the gateway, no cluster credential)`,
    ...(ready.kubeconfigs.direct
      ? [`             ${shown(ready.kubeconfigs.direct)}  (the lab's administrator: past the gateway)`]
      : []),
    `  evidence   ${shown(dir)}`,
    `  console    ${ready.console}  (log in as ${ready.approver.clientId}, operator, auditor or owner: there is no password)`,
    '',
    style('Try, in another terminal:', 'bold'),
    '',
    ...attempts(isLab).flatMap(([command, says]) => [`  ${asAgent} ${command}`, style(`      ${says}`, 'dim')]),
    `  npx countersign evidence verify ${shown(dir)} --trust ${shown(trust)}`,
    style('      the whole log, checked offline', 'dim'),
    ...(isLab ? waiting(asAgent, ready, style) : []),
    '',
    'Ctrl-C stops everything that was started.',
    '',
  ];
  return lines.join('\n');
}
