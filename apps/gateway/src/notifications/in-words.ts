// SPDX-License-Identifier: Apache-2.0
import { visibleText } from '../visible-text.ts';
import type { Notice, NoticeFacts } from './notice.ts';

function request({ verb, resource, namespace, cluster }: NoticeFacts): string {
  const what = [verb, resource].filter((word) => word !== undefined).join(' ');
  const where = [
    ...(namespace === undefined ? [] : [`in namespace ${namespace}`]),
    ...(cluster === undefined ? [] : [`of cluster ${cluster}`]),
  ];
  return [what === '' ? 'a request' : what, ...where].join(' ');
}

function until({ expiresAt }: NoticeFacts): string {
  return expiresAt === undefined ? '' : ` until ${expiresAt.slice(0, 19).replace('T', ' ')} UTC`;
}

function by({ rules = [] }: NoticeFacts): string {
  return rules.length === 0 ? '' : ` (${rules.join(', ')})`;
}

function locked({ lock, target }: NoticeFacts): string {
  return target === undefined ? `an ${lock} of agents` : `${lock} ${target}`;
}

function grantOf({ agent, cluster }: NoticeFacts): string {
  return `a grant of ${agent} on cluster ${cluster}`;
}

function sentence({ type, about }: Notice): string {
  const { agent = 'somebody', groups = [], count = 1, seconds, fault } = about;
  switch (type) {
    case 'approval-asked':
      return `${agent} asks: ${request(about)}. A countersignature of ${groups.join(', ')} is awaited${until(about)}${by(about)}`;
    case 'approval-countersigned':
      return 'An approval was countersigned';
    case 'approval-denied':
      return 'An approval was denied';
    case 'approval-withdrawn':
      return 'An approval was withdrawn';
    case 'approval-expired':
      return 'An approval has expired: nobody countersigned it in time';
    case 'grant-asked':
      return `${agent} asks for a grant on cluster ${about.cluster}; a countersignature is awaited${until(about)}`;
    case 'grant-countersigned':
      return `Countersigned, and in force${until(about)}: ${grantOf(about)}`;
    case 'grant-denied':
      return `Denied: ${grantOf(about)}`;
    case 'grant-ended':
      return `Over: ${grantOf(about)}`;
    case 'lock':
      return `Locked: ${locked(about)}`;
    case 'unlock':
      return `Unlocked: ${locked(about)}`;
    case 'break-glass-opened':
      return `Break-glass is open${until(about)}: what rules ask for is let on without a countersignature, for ${agent} on cluster ${about.cluster}`;
    case 'break-glass-used':
      return `${agent} has used break-glass: ${request(about)}${by(about)}`;
    case 'break-glass-ended':
      return `Break-glass is over: ${agent} on cluster ${about.cluster}`;
    case 'denials':
      return `${agent} was denied ${count} times within ${seconds} seconds; the last was ${request(about)}: ${fault}${by(about)}`;
    case 'undecided':
      return count === 1 && seconds === undefined
        ? `Could not be evaluated, and was refused: ${request(about)} by ${agent}: ${fault}`
        : `${count} more requests could not be evaluated, and were refused; the last was ${request(about)} by ${agent}: ${fault}`;
    case 'first-use':
      return `${agent} did this for the first time: ${request(about)}`;
    case 'log-failed':
      return 'The evidence log failed: every request is refused until the gateway is started again';
    case 'log-low-space':
      return 'The evidence log has little space left';
  }
}

/** A notice as one sentence. What an agent wrote stands in it with nothing hidden. */
export function inWords(notice: Notice): string {
  return visibleText(sentence(notice));
}
