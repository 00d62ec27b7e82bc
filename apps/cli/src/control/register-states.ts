// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { runVerb } from '../run-verb.ts';
import { addControlFlags, type ControlOptions } from './control-flags.ts';

/** What is registered at the control API, and by which commands it is disabled, enabled and removed. */
export interface RegisteredKind {
  /** In words: `agent`. */
  readonly noun: string;
  readonly argument: readonly [name: string, description: string];
  readonly pathOf: (id: string) => string;
  readonly examples: string;
}

const STATES = {
  disable: { method: 'POST', end: '/disable', done: 'disabled', what: 'refuse it' },
  enable: { method: 'POST', end: '/enable', done: 'enabled', what: 'let it in again' },
  remove: { method: 'DELETE', end: '', done: 'removed', what: 'forget it' },
} as const;

/** Gives a group of commands `disable`, `enable` and `remove`. */
export function registerStates(group: Command, { noun, argument, pathOf, examples }: RegisteredKind): void {
  for (const [verb, { method, end, done, what }] of Object.entries(STATES)) {
    const command = group
      .command(verb)
      .description(`${what} at once`)
      .argument(...argument);
    addControlFlags(command)
      .addHelpText('after', examples)
      .action((id: string, options: ControlOptions) =>
        runVerb(command, async (print) => {
          const { callControl } = await import('./call-control.ts');
          await callControl({ ...options, method, path: `${pathOf(id)}${end}` });
          print(`${noun} ${id} is ${done}\n`);
        }),
      );
  }
}
