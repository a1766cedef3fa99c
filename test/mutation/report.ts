import { posix } from "node:path";

/** A change of a source, and what became of it. Listed: known to change nothing, with the reason beside it. */
export interface Mutant {
  readonly file: string;
  readonly state: "killed" | "survived" | "listed";
}

/** Prints a table with a row a file and a row a folder. */
export function report(mutants: readonly Mutant[]): void {
  console.log("\n| | mutants | killed | survived | listed | score |\n|---|---|---|---|---|---|");
  const files = new Set(mutants.map(({ file }) => file));
  const folders = new Set([...files].map((file) => posix.dirname(file)));
  for (const name of [...files, ...folders]) {
    const part = mutants.filter(({ file }) => file === name || posix.dirname(file) === name);
    console.log(row(name, part));
  }
}

function row(name: string, mutants: readonly Mutant[]): string {
  const count = (state: Mutant["state"]) => mutants.filter((mutant) => mutant.state === state).length;
  const [killed, survived, listed] = [count("killed"), count("survived"), count("listed")];
  const score = ((100 * killed) / Math.max(1, killed + survived)).toFixed(1);
  return `| ${name} | ${mutants.length} | ${killed} | ${survived} | ${listed} | ${score} % |`;
}
