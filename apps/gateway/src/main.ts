// SPDX-License-Identifier: Apache-2.0
import { assertCertificates } from './config/check-files.ts';
import { ConfigError } from './config/config-error.ts';
import { loadConfig } from './config/load.ts';
import { startGateway } from './gateway.ts';
import { PoliciesError } from './policies/policies-error.ts';
import { jsonProcessLog } from './process-log.ts';

const USAGE = 2;

/** Runs a gateway until SIGTERM or SIGINT; resolves to the exit code. */
export async function runGateway(configFile: string): Promise<number> {
  const processLog = jsonProcessLog();
  try {
    const loaded = await loadConfig(configFile);
    await assertCertificates(loaded);
    const gateway = await startGateway(loaded, processLog);
    const { data, control, health, tunnel } = gateway;
    processLog.started({ data: data.port, control: control.port, health: health.port, tunnel: tunnel.port });
    await new Promise<void>((resolve) => {
      // `on`, not `once`: a terminal, npm and a launcher may each send the one signal that was meant.
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
    });
    await gateway.stop();
    return 0;
  } catch (error) {
    if (error instanceof ConfigError || error instanceof PoliciesError) {
      process.stderr.write(`countersign: ${error.message}\n`);
      return USAGE;
    }
    processLog.problem('the gateway stopped', error);
    return 1;
  }
}
