// SPDX-License-Identifier: Apache-2.0
export { ConfigError, type ConfigProblem } from './config/config-error.ts';
export { type LoadedConfig, loadConfig, parseConfig } from './config/load.ts';
export { type AgentConfig, type Config, configJsonSchema, configSchema, type IssuerConfig } from './config/schema.ts';
export { Fault, type FaultCode, type FaultOrigin, type FaultVerdict, faults } from './faults.ts';
