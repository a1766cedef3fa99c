import { expect, test } from "vitest";
import * as abi from "../../../assembly/abi.ts";
import { SHAPES } from "../../../src/core/capacity.ts";
import { statusError } from "../../../src/core/status.ts";

/** The statuses of abi.ts: its negative numbers. `BUSY` is waited out, `NO_SLOT` is told apart by kind. */
const STATUSES = Object.entries(abi).filter(
  ([name, value]) => typeof value === "number" && value < 0 && name !== "BUSY" && name !== "NO_SLOT",
);

test("there are statuses to check", () => {
  expect(STATUSES.map(([name]) => name)).toContain("BAD_AMOUNT");
});

test.each(STATUSES)("%s has a sentence and an errno", (_, status) => {
  const error = statusError(status, '"/a"');
  expect(error.message).toMatch(new RegExp(`^${error.code}: "/a" .+\\.$`));
  expect(error.code).not.toBe("EIO");
});

test.each(SHAPES)("a lack of $name names the capacity", ({ kind, name }) => {
  const error = statusError(abi.NO_SLOT - kind, "It");
  expect(error).toMatchObject({ code: "ENOSPC", errno: -28 });
  expect(error.message).toContain(`capacity.${name} `);
});

test("an unknown status is told as it is", () => {
  expect(statusError(-1000, "It").message).toBe("EIO: It met the unknown status -1000.");
});
