// SPDX-License-Identifier: Apache-2.0

/** One thing wrong with a configuration file: where, as a path into it, and what to do. */
export interface ConfigProblem {
  readonly path: string;
  readonly message: string;
}

/** One line: `agents.0.id: …`. */
export function formatConfigProblem({ path, message }: ConfigProblem): string {
  return `${path === '' ? '(file)' : path}: ${message}`;
}

/** The file can't be used. Carries every problem that was found, not the first alone. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'ERR_CONFIG_INVALID';
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    const lines = problems.map((problem) => `  ${formatConfigProblem(problem)}`);
    super(`${file} can't be used:\n${lines.join('\n')}`, options);
    this.problems = problems;
  }
}
