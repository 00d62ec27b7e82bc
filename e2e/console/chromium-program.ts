// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';

const run = promisify(execFile);

/** A Chromium as it lies on disk, and what its environment must say. */
export interface ChromiumProgram {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Why there is no Chromium here, or `false`. */
export const noChromium: string | false =
  process.platform === 'linux' && process.arch === 'x64'
    ? false
    : `no Chromium for ${process.platform} ${process.arch}: the packaged one is for Linux on x64`;

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/countersign');

/** The packaged fonts first, as they are the same on every machine; those of the machine for what they lack. */
const fontsConf = (fonts: string, cache: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${fonts}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${cache}</cachedir>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;

async function decompress(from: string, to: string, mode = 0o644): Promise<void> {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to, { mode }));
}

async function unpackArchive(from: string, dir: string): Promise<void> {
  const archive = join(dir, 'archive.tar');
  await decompress(from, archive);
  await run('tar', ['-xf', archive, '-C', dir]);
  await rm(archive);
}

async function unpack(bin: string, dir: string): Promise<void> {
  await decompress(join(bin, 'chromium.br'), join(dir, 'chromium'), 0o755);
  for (const name of ['al2023.tar.br', 'fonts.tar.br']) await unpackArchive(join(bin, name), dir);
}

/**
 * The Chromium of `@sparticuz/chromium`, with its libraries and fonts, unpacked once for a clone. The package's own
 * unpacking takes a file that another process is still writing for a whole one; here a folder stands at its place whole
 * or not at all.
 */
export async function chromiumProgram(): Promise<ChromiumProgram> {
  const packaged = fileURLToPath(new URL('..', import.meta.resolve('@sparticuz/chromium')));
  const { version } = JSON.parse(await readFile(join(packaged, 'package.json'), 'utf8'));
  const dir = join(CACHE, `chromium-${version}`);
  if (!existsSync(dir)) {
    await mkdir(CACHE, { recursive: true });
    const unfinished = await mkdtemp(`${dir}.`);
    await unpack(join(packaged, 'bin'), unfinished);
    await writeFile(join(unfinished, 'fonts.conf'), fontsConf(join(dir, 'fonts'), join(dir, 'fonts-cache')));
    // Another process may have been quicker; its folder is as good.
    await rename(unfinished, dir).catch(() => rm(unfinished, { recursive: true, force: true }));
  }
  const env = { LD_LIBRARY_PATH: join(dir, 'lib'), FONTCONFIG_FILE: join(dir, 'fonts.conf') };
  return { path: join(dir, 'chromium'), env };
}
