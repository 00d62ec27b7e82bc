// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';
import { formatProgress } from '@countersign/lab';
import type { ReadyEvent, UpEvent } from './up-event.ts';
import type { UpPaths } from './up-paths.ts';

const isTerminal = process.stdout.isTTY === true;
const bold = (text: string) => (isTerminal ? `\x1b[1m${text}\x1b[0m` : text);
const dim = (text: string) => (isTerminal ? `\x1b[2m${text}\x1b[0m` : text);

/** A path as it is typed from here. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

function line(event: Exclude<UpEvent, { readonly event: 'progress' }>): string | undefined {
  switch (event.event) {
    case 'gateway':
      return [
        bold('Gateway is up'),
        `  callers    ${event.data}/clusters/<name>`,
        `  control    ${event.control}/api/v1`,
        `  health     ${event.health}/readyz`,
        `  identity   ${event.issuer}  (for development: anybody on this machine who reads its files can be an agent)`,
      ].join('\n');
    case 'rbac':
      return `${bold('The cluster must allow its connector this')} (kubectl apply -f - by an administrator):\n\n${event.manifests}`;
    case 'notice':
      return dim(`  ${event.message}`);
    case 'ready':
      return undefined;
  }
}

/** Without a terminal a long step says this often that it still runs. */
const STILL_RUNNING_MS = 30_000;

let isLineOpen = false;
let lastRunning = 0;

/** On a terminal a step is one line that changes; elsewhere a line when it starts, now and then, and when it ends. */
function printProgress(event: Extract<UpEvent, { readonly event: 'progress' }>): void {
  const text = dim(`  ${formatProgress(event)}`);
  const isOver = event.state === 'done' || event.state === 'failed';
  if (isTerminal) {
    process.stdout.write(`\r\x1b[2K${text}${isOver ? '\n' : ''}`);
    isLineOpen = !isOver;
    return;
  }
  if (event.state !== 'running') lastRunning = 0;
  else if (event.elapsedMs - lastRunning < STILL_RUNNING_MS) return;
  else lastRunning = event.elapsedMs;
  process.stdout.write(`${text}\n`);
}

/** One event for people. */
export function printEvent(event: UpEvent): void {
  if (event.event === 'progress') {
    printProgress(event);
    return;
  }
  const text = line(event);
  if (text === undefined) return;
  process.stdout.write(`${isLineOpen ? '\n' : ''}${text}\n`);
  isLineOpen = false;
}

/** What is running, and four commands to try. */
export function readyText(ready: ReadyEvent, paths: UpPaths): string {
  const kubectl = ready.kubeconfigs.direct === undefined ? 'kubectl' : shown(paths.kubectl);
  const asAgent = `${kubectl} --kubeconfig ${shown(ready.kubeconfigs.agent)}`;
  const { dir, trust } = ready.evidence;
  const lines = [
    '',
    bold('Ready.'),
    ...ready.clusters.map(({ name, server }) => `  cluster    ${name}  ${server}`),
    `  kubeconfig ${shown(ready.kubeconfigs.agent)}  (agent: through the gateway, no cluster credential)`,
    ...(ready.kubeconfigs.direct
      ? [`             ${shown(ready.kubeconfigs.direct)}  (the lab's administrator: past the gateway)`]
      : []),
    `  evidence   ${shown(dir)}`,
    '',
    bold('Try, in another terminal:'),
    '',
    `  ${asAgent} get configmaps`,
    dim('      a read, as agent reporter'),
    `  ${asAgent} get secret database -o yaml`,
    dim('      a Secret: its values come masked'),
    `  ${asAgent} delete configmap settings`,
    dim('      refused, with the rule that forbids it'),
    `  npx countersign evidence verify ${shown(dir)} --trust ${shown(trust)}`,
    dim('      the whole log, checked offline'),
    '',
    'Ctrl-C stops everything that was started.',
    '',
  ];
  return lines.join('\n');
}
