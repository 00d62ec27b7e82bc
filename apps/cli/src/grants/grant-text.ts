// SPDX-License-Identifier: Apache-2.0
import { printableWhole } from '../evidence/printable.ts';

type Json = Readonly<Record<string, unknown>>;

const minute = (time: unknown) => `${String(time).slice(0, 19).replace('T', ' ')}Z`;

function wordsOf(list: unknown): string {
  return (Array.isArray(list) ? list : [])
    .map((word) => (word === '' ? 'no namespace: the cluster, and lists over all of them' : String(word)))
    .join(', ');
}

/** `delete, exec on pods in demo`. */
export function scopeText(scope: unknown): string {
  const { verbs, resources, namespaces, names, labels } = Object(scope);
  const named = names === undefined ? '' : ` named ${wordsOf(names)}`;
  const labelled = labels === undefined ? '' : ` labelled ${wordsOf(labels)}`;
  return `${wordsOf(verbs)} on ${wordsOf(resources)}${named}${labelled} in ${wordsOf(namespaces)}`;
}

/** `for 15 minutes`. */
export function timeText(seconds: unknown): string {
  const whole = Number(seconds);
  return whole % 60 === 0 ? `${whole / 60} min` : `${whole} s`;
}

/** `2 of approvers, 1 of security`. */
export function missingText(missing: unknown): string {
  return (Array.isArray(missing) ? missing : [])
    .map((one) => `${Object(one).count} of ${Object(one).group}`)
    .join(', ');
}

/** Whom it takes: `2 of approvers (rule lab/asks-two)`, a rule each. */
function requirementLines({ requirements, missing }: Json): readonly string[] {
  const wanted = (Array.isArray(requirements) ? requirements : []).map((one) => {
    const { rule, group, quorum } = Object(one);
    return `${quorum} of ${group} (rule ${Object(rule).set}/${Object(rule).id})`;
  });
  const left = missingText(missing);
  const signers = wanted.length === 0 ? 'any approver: which rules ask hangs on the objects' : wanted.join(', ');
  return [`SIGNERS  ${signers}`, ...(left === '' ? [] : [`MISSING  ${left}`])];
}

function stateText({ state, expiresAt, seconds, endedAt }: Json): string {
  if (state === 'pending') return `pending until ${minute(expiresAt)}; then good for ${timeText(seconds)}`;
  return state === 'active' ? `active until ${minute(expiresAt)}` : `${state} ${minute(endedAt)}`;
}

function saidLines({ signatures, endedBy, state }: Json): readonly string[] {
  const line = (what: unknown, said: unknown) => {
    const { by, at, reason } = Object(said);
    return `SAID     ${what} by ${Object(by).subject}, ${minute(at)}${reason ? `: ${reason}` : ''}`;
  };
  const signed = (Array.isArray(signatures) ? signatures : []).map((one) => line('approved', one));
  return endedBy === undefined ? signed : [...signed, line(state, endedBy)];
}

/** All that somebody has to see who signs a grant, line by line, each harmless on a terminal: texts in it are an agent's. */
export function grantLines(grant: Json): readonly string[] {
  const { id, agent, owner, purpose, act, cluster, scope, seconds, reason, askedAt, askedBy, digest } = grant;
  const by = askedBy === undefined ? '' : ` by its owner, ${Object(askedBy).subject}`;
  const chain = (Array.isArray(act) ? act : []).map((actor) => Object(actor).subject).join(', for ');
  return [
    `GRANT    ${id}`,
    `FOR      ${scopeText(scope)}, on cluster ${cluster}, for ${timeText(seconds)}`,
    `AGENT    ${agent}, of ${owner}${purpose ? `: ${purpose}` : ''}`,
    ...(chain === '' ? [] : [`ACTS     through ${chain}`]),
    `ASKED    ${minute(askedAt)}${by}${reason ? `: ${reason}` : ''}`,
    ...requirementLines(grant),
    ...saidLines(grant),
    `STATE    ${stateText(grant)}`,
    `DIGEST   ${digest}`,
  ].map((line) => printableWhole(line));
}
