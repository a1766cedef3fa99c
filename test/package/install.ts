import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

/** What the tests here are about: the packed product, and a project that has nothing but it. */
export interface Installation {
  readonly tarball: string;
  /** The files in the tarball. */
  readonly files: readonly string[];
  /** The project's folder. */
  readonly consumer: string;
}

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Packs what is built and installs it in a folder that goes when the tests of the calling file are done. */
export function install(): Installation {
  if (!existsSync(join(ROOT, "dist/index.js"))) throw new Error("Nothing is built: npm run build");
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "dmemcg-package-")));
  afterAll(() => rmSync(folder, { recursive: true }));
  const [packed] = JSON.parse(npm(ROOT, "pack", "--json", "--ignore-scripts", "--pack-destination", folder));
  const tarball = join(folder, packed.filename);
  const consumer = join(folder, "consumer");
  cpSync(join(ROOT, "test/package/consumer"), consumer, { recursive: true });
  writeFileSync(join(consumer, "package.json"), '{ "private": true }\n');
  npm(consumer, "install", "--prefer-offline", "--no-audit", "--no-fund", tarball);
  mkdirSync(join(consumer, "node_modules/@types"));
  symlinkSync(join(ROOT, "node_modules/@types/node"), join(consumer, "node_modules/@types/node"), "junction");
  return { tarball, files: packed.files.map((file: { path: string }) => file.path), consumer };
}

function npm(cwd: string, ...args: string[]): string {
  const shell = process.platform === "win32";
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd, encoding: "utf8", shell });
  if (status !== 0) throw new Error(`npm ${args.join(" ")}: ${stderr}`);
  return stdout;
}
