import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "vitest";
import { files, filesIn, ROOT, read } from "./project-files.ts";

const documents = files.filter((file) => /^(docs\/)?[A-Z]+\.md$/.test(file));
const { scripts } = JSON.parse(read("package.json"));

const links = documents.flatMap((document) =>
  [...prose(document).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => ({ document, target })),
);

test("every link leads somewhere", () => {
  expect(links.filter(({ document, target }) => !isFound(document, target))).toEqual([]);
});

test("the README leads to every document", () => {
  const linked = links.filter(({ document }) => document === "README.md").map(({ target }) => target.split("#")[0]);
  const missing = [...filesIn("docs").filter((file) => file.endsWith(".md")), "CHANGELOG.md", "CONTRIBUTING.md"].filter(
    (file) => !linked.includes(file),
  );
  expect(missing).toEqual([]);
});

test("every npm script that a document names exists", () => {
  const named = documents.flatMap((document) =>
    [...read(document).matchAll(/npm (?:run )?([a-z][\w:-]*)/g)]
      .filter(([text, name = ""]) => text.includes(" run ") || ["start", "test"].includes(name))
      .map(([, script = ""]) => ({ document, script })),
  );
  expect(named).not.toEqual([]);
  expect(named.filter(({ script }) => !(script in scripts))).toEqual([]);
});

/** A document without its blocks of code. */
function prose(document: string): string {
  return read(document).replace(/^```[\s\S]*?^```$/gm, "");
}

function isFound(document: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? document : posix.join(posix.dirname(document), path);
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || headings(file).includes(anchor);
}

/** The anchors of a document's headings, as GitHub makes them. */
function headings(document: string): string[] {
  return [...prose(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-"),
  );
}
