import { fileURLToPath } from "node:url";
import { defineConfig, type Options } from "tsup";

/**
 * Puts numbers where their names stood: a bundle's constants are variables, which would be read each time. Not for CJS:
 * what splits that up stumbles over what comes of it.
 */
function inlineConstants(options: { minifySyntax?: boolean }): void {
  options.minifySyntax = true;
}

/** What `createRequire` takes in either kind of module. */
function nameFile(options: { define?: Record<string, string> }): void {
  options.define = { ...options.define, "import.meta.url": "__filename" };
}

const common: Options = {
  target: "node20",
  noExternal: ["@assemblyscript/loader"],
  removeNodeProtocol: false,
};

const library = {
  index: "src/index.ts",
  "page-counter": "src/page-counter/index.ts",
  ttm: "src/ttm/index.ts",
  drivers: "src/drivers/index.ts",
};
const commandLine = {
  cli: "src/cli/main.ts",
  "card-worker": "src/cli/card-worker.ts",
  "tenant-worker": "src/cli/tenant-worker.ts",
};

export default defineConfig([
  { ...common, entry: { ...library, ...commandLine }, format: ["esm"], esbuildOptions: inlineConstants },
  { ...common, entry: library, format: ["cjs"], splitting: true, esbuildOptions: nameFile }, // one DmemError for all
  { ...common, entry: library, format: ["esm", "cjs"], dts: { only: true, compilerOptions: { stripInternal: true } } },
  {
    // The same library on the core without optimization and with names, for tests.
    ...common,
    entry: library,
    format: ["esm"],
    outDir: "build/debug",
    esbuildOptions(options) {
      inlineConstants(options);
      options.alias = { "#core-binary": fileURLToPath(new URL("build/debug.ts", import.meta.url)) };
    },
  },
]);
