// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';
import { queryValues } from '@countersign/kube';
import type { Committed, Used } from '../exchange.ts';
import type { Stage } from '../lane-table.ts';
import type { Log } from '../log/log.ts';
import { decisionOf, exchangeFacts, impersonatedOf, recordTime, sealedFacts } from '../records/exchange-facts.ts';

const MAX_WORDS = 4_096;

/** The argv of an exec, at most what sealed fields take; the target beside it has all of it. */
function commandOf({ request, lane }: Used): { readonly command?: string[] } {
  const argv = lane === 'exec' ? queryValues(request.query, 'command') : [];
  return argv.length === 0 ? {} : { command: argv.slice(0, MAX_WORDS) };
}

/** The digest of the body as it goes upstream; that may have been written anew, with the object's version in it. */
function digestOf({ body }: Used): { readonly bodyDigest?: string } {
  return body ? { bodyDigest: hash('sha256', body.bytes, 'hex') } : {};
}

/** Makes the intent durable: from here on, and not before, something with side effects may leave. */
export function commit(log: Log, now: () => Date): Stage<Used, Used & Pick<Committed, 'intended'>> {
  return async (exchange) => {
    await log.append([
      {
        type: 'intent',
        ...exchangeFacts(exchange),
        decision: decisionOf(exchange.made),
        impersonated: impersonatedOf(exchange),
        ...(exchange.approval === undefined ? {} : { approval: exchange.approval }),
        ...(exchange.made.grant === undefined ? {} : { grant: exchange.made.grant }),
        times: { received: recordTime(exchange.receivedAt), decided: recordTime(now()) },
        sealed: { ...sealedFacts(exchange), ...commandOf(exchange), ...digestOf(exchange) },
      },
    ]);
    return { ...exchange, intended: true };
  };
}
