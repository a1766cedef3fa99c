import { constants } from "node:os";
import { expect, test } from "vitest";
import { rangeError, typeError } from "../../../src/core/errors.ts";
import { DmemError, type ErrorCode } from "../../../src/index.ts";

const CODES: readonly ErrorCode[] = [
  ...([
    "EPERM",
    "ENOENT",
    "EIO",
    "E2BIG",
    "EAGAIN",
    "ENOMEM",
    "EACCES",
    "EBUSY",
    "EEXIST",
    "ENODEV",
    "ENOTDIR",
  ] as const),
  ...([
    "EISDIR",
    "EINVAL",
    "ENFILE",
    "EMFILE",
    "ENOSPC",
    "EROFS",
    "ENAMETOOLONG",
    "ELOOP",
    "ENOTSUP",
    "EDQUOT",
  ] as const),
];

test.each(CODES)("%s carries its name and its number as a system call returns it", (code) => {
  const error = new DmemError(code, "No.");
  expect(error).toMatchObject({ name: "DmemError", code, message: `${code}: No.` });
  expect(error).toBeInstanceOf(Error);
});

test.runIf(process.platform === "linux").each(CODES)("%s has the system's number", (code) => {
  expect(new DmemError(code, "No.").errno).toBe(-constants.errno[code]);
});

test("misuse is a RangeError or a TypeError with the same fields", () => {
  expect(rangeError("Too much.")).toBeInstanceOf(RangeError);
  expect(typeError("Not one.")).toBeInstanceOf(TypeError);
  for (const error of [rangeError("Too much."), typeError("Not one.")]) {
    expect(error).toMatchObject({ code: "EINVAL", errno: -22 });
    expect(error.message).toMatch(/^EINVAL: /);
  }
});
