// Tries to open a controller in a file where that cannot be done, and shows what the error says. All else works.

import { existsSync } from "node:fs";
import { Dmem } from "dmemcg";

const [path] = process.argv.slice(2);
try {
  Dmem.open(path);
} catch ({ name, code, message }) {
  const dmem = Dmem.create();
  console.log(JSON.stringify({ name, code, message, made: existsSync(path), root: dmem.root.path }));
}
