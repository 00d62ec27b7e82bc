// SPDX-License-Identifier: Apache-2.0
import { type Command, InvalidArgumentError, Option } from 'commander';
import { repeated } from '../repeated.ts';

/** What the command line says of an agent; what is absent is left as it is. */
export interface AgentFlags {
  readonly owner?: string;
  readonly purpose?: string;
  readonly agentIssuer?: string;
  readonly subject?: string;
  readonly group?: readonly string[];
  readonly cluster?: readonly ClusterFlag[];
  readonly expires?: string;
  readonly limit?: readonly LimitFlag[];
  readonly waits?: 'hold' | 'none';
}

interface ClusterFlag {
  readonly name: string;
  readonly groups: readonly string[];
}

interface LimitFlag {
  readonly limit: string;
  readonly value: number;
}

type Json = Readonly<Record<string, unknown>>;

/** `lab` or `lab=readers,writers`. */
function cluster(text: string, before: readonly ClusterFlag[] = []): readonly ClusterFlag[] {
  const [, name, groups] = /^([^=]+)(?:=(.+))?$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('it is NAME or NAME=GROUP,GROUP');
  return [...before, { name, groups: groups?.split(',') ?? [] }];
}

/** `requestsPerSecond=10`. */
function limit(text: string, before: readonly LimitFlag[] = []): readonly LimitFlag[] {
  const [, name, digits] = /^([A-Za-z]+)=(\d{1,15})$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('it is NAME=NUMBER, such as requestsPerSecond=10');
  return [...before, { limit: name, value: Number(digits) }];
}

/** Gives a command the flags that say what an agent is. */
export function addAgentFlags(command: Command): Command {
  return command
    .option('--owner <person>', 'who answers for it: the `sub` of their tokens, or their e-mail address')
    .option('--purpose <text>', 'what it is for; approvers read it')
    .option('--agent-issuer <issuer>', "who issues its tokens: a name from the gateway's configuration, or their `iss`")
    .option('--subject <sub>', 'exactly the `sub` of its tokens')
    .option('--group <group>', 'policy group in addition to those of its token; may be repeated', repeated)
    .option('--cluster <name[=group,…]>', 'cluster that it may call, with its groups there; may be repeated', cluster)
    .option('--expires <time>', 'after this instant it is refused, such as 2027-01-31T12:00:00Z; or never')
    .option('--limit <name=number>', 'requestsPerSecond, concurrentStreams or bytesPerMinute; may be repeated', limit)
    .addOption(
      new Option('--waits <how>', 'whether its requests wait for a countersignature').choices(['hold', 'none']),
    );
}

/** An agent's entry, as the control API reads and writes it, with what the command line says of it. */
export function withFlags(entry: Json, flags: AgentFlags): Json {
  const { owner, purpose, agentIssuer, subject, group, cluster: clusters, expires, limit: limits, waits } = flags;
  const { expiresAt, match, limits: oldLimits, ...rest } = entry;
  const changed = {
    ...rest,
    ...given({ owner, purpose, groups: group, clusters: clusters && clustersOf(clusters) }),
    match: { ...Object(match), ...given({ issuer: agentIssuer, subject }) },
    ...given({ limits: limits ? { ...Object(oldLimits), ...limitsOf(limits) } : oldLimits }),
    ...given({ waits: waits && waits === 'hold', expiresAt: expires ?? expiresAt }),
  };
  if (expires !== 'never') return changed;
  const { expiresAt: _, ...endless } = changed as Json;
  return endless;
}

function given(values: Json): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function clustersOf(flags: readonly ClusterFlag[]): Json {
  return Object.fromEntries(flags.map(({ name, groups }) => [name, { groups }]));
}

function limitsOf(flags: readonly LimitFlag[]): Json {
  return Object.fromEntries(flags.map(({ limit: name, value }) => [name, value]));
}
