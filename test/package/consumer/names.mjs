// What an entry, named on the command line, offers to those who import and to those who require it.

import { createRequire } from "node:module";

const entry = process.argv[2];
const required = createRequire(import.meta.url)(entry);
const imported = await import(entry);
console.log(JSON.stringify({ imported: Object.keys(imported).sort(), required: Object.keys(required).sort() }));
