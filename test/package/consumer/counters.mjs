// The counter alone, both ways.

import { createRequire } from "node:module";
import * as imported from "dmemcg/page-counter";

const required = createRequire(import.meta.url)("dmemcg/page-counter");

const usages = [imported, required].map(({ PageCounter }) => {
  const top = PageCounter.create();
  const child = top.child();
  child.charge(7n);
  return String(top.values().usage);
});
console.log(JSON.stringify(usages));
