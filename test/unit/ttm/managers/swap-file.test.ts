import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { PAGE_BYTES, SwapFile, type SwapFileOptions } from "../../../../src/ttm/index.ts";
import { expectRefusal } from "../../../support/refusal.ts";
import { take } from "./take.ts";

function freshPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "swap-file-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "contents.swap");
}

function openFile(options: Partial<SwapFileOptions> = {}): SwapFile {
  const file = SwapFile.open(freshPath(), { pages: 8, ...options });
  onTestFinished(() => file.close());
  return file;
}

/** Pages that differ from each other in every byte but for chance. */
function noise(pages: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: pages * PAGE_BYTES }, (_, at) => (at * 31 + (at >>> 8) * seed + seed) & 255);
}

test("what is written is read back", () => {
  const file = openFile();
  const [first, second] = [take(file, 3), take(file, 5)];
  file.write(first, noise(3, 1));
  file.write(second, noise(5, 2));
  expect(Buffer.compare(file.read(first), noise(3, 1))).toBe(0);
  expect(Buffer.compare(file.read(second), noise(5, 2))).toBe(0);
});

test("contents are on disk, at their pages", () => {
  const file = openFile();
  take(file, 2);
  file.write(take(file, 1), noise(1, 3));
  const onDisk = readFileSync(file.path);
  expect(onDisk.length).toBe(8 * PAGE_BYTES);
  expect(Buffer.compare(onDisk.subarray(2 * PAGE_BYTES, 3 * PAGE_BYTES), noise(1, 3))).toBe(0);
});

test("what is too much to be written at once is read back, at its pages", () => {
  const pages = 4097; // 16 MiB and a page
  const file = openFile({ pages: pages + 1 });
  const [before, allocation] = [take(file, 1), take(file, pages)];
  const contents = new Uint8Array(pages * PAGE_BYTES);
  contents.set(noise(1, 1));
  contents.set(noise(1, 2), (pages - 1) * PAGE_BYTES);
  file.write(before, noise(1, 3));
  file.write(allocation, contents);
  expect(Buffer.compare(file.read(before), noise(1, 3))).toBe(0);
  expect(Buffer.compare(file.read(allocation), contents)).toBe(0);
  expect(Buffer.compare(readFileSync(file.path).subarray(PAGE_BYTES), contents)).toBe(0);
});

test("space that was freed is used again, without harm to its neighbours", () => {
  const file = openFile();
  const [low, middle, high] = [take(file, 2), take(file, 4), take(file, 2)];
  for (const [index, allocation] of [low, middle, high].entries()) {
    file.write(allocation, noise(allocation.pages, index));
  }
  file.free(middle);
  const next = take(file, 4);
  file.write(next, noise(4, 9));
  expect(next.start).toBe(middle.start);
  expect(Buffer.compare(file.read(low), noise(2, 0))).toBe(0);
  expect(Buffer.compare(file.read(next), noise(4, 9))).toBe(0);
  expect(Buffer.compare(file.read(high), noise(2, 2))).toBe(0);
});

test("it is full at its size", () => {
  const file = openFile();
  take(file, 8);
  expect(file.allocate({ pages: 1, place: { type: "swap" } })).toBeNull();
  expect(statSync(file.path).size).toBe(8 * PAGE_BYTES);
});

test("only the user reads the file", () => {
  expect(statSync(openFile().path).mode & 0o077).toBe(0);
});

describe("closing", () => {
  test("leaves the file", () => {
    const file = openFile();
    file.close();
    expect(existsSync(file.path)).toBe(true);
  });

  test("removes it, if that was asked for", () => {
    const file = openFile({ remove: true });
    expect(existsSync(file.path)).toBe(true);
    file.close();
    expect(existsSync(file.path)).toBe(false);
  });

  test("does not mind that somebody has removed it", () => {
    const file = openFile({ remove: true });
    rmSync(file.path);
    file.close();
    expect(existsSync(file.path)).toBe(false);
  });

  test("twice does nothing, not even to a file that is there since", () => {
    const file = openFile({ remove: true });
    file.close();
    writeFileSync(file.path, "another's");
    file.close();
    expect(readFileSync(file.path, "utf8")).toBe("another's");
  });

  test("is what the end of a using block does", () => {
    const path = freshPath();
    {
      using _ = SwapFile.open(path, { pages: 1, remove: true });
    }
    expect(existsSync(path)).toBe(false);
  });

  test("ends reading and writing", () => {
    const file = openFile();
    const allocation = take(file, 1);
    file.close();
    expectRefusal(() => file.write(allocation, noise(1, 1)), "EINVAL", "closed");
    expectRefusal(() => file.read(allocation), "EINVAL", "closed");
    file.free(allocation);
  });
});

test("leaves no file behind if it cannot be opened after all, even if somebody was quicker to remove it", () => {
  for (const isRemoved of [false, true]) {
    const path = freshPath();
    const options: SwapFileOptions = {
      pages: 1,
      get remove(): boolean {
        if (isRemoved) rmSync(path);
        throw new Error("no answer");
      },
    };
    expect(() => SwapFile.open(path, options)).toThrow("no answer");
    expect(existsSync(path)).toBe(false);
  }
});

describe("refuses", () => {
  test("to open a file that is there, and leaves it as it is", () => {
    const path = freshPath();
    writeFileSync(path, "mine");
    expect(() => SwapFile.open(path, { pages: 1, remove: true })).toThrow(expect.objectContaining({ code: "EEXIST" }));
    expect(readFileSync(path, "utf8")).toBe("mine");
  });

  test("to open a file in a folder that is not there", () => {
    const path = join(freshPath(), "contents.swap");
    expect(() => SwapFile.open(path, { pages: 1 })).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });

  test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 41])(
    "a size of %s pages, without a trace",
    (pages) => {
      const path = freshPath();
      expectRefusal(() => SwapFile.open(path, { pages }), "EINVAL", "whole pages", `${pages}`);
      expect(existsSync(path)).toBe(false);
    },
  );

  test("no size at all, without a trace", () => {
    const path = freshPath();
    expectRefusal(() => SwapFile.open(path, undefined as never), "EINVAL", "whole pages", "undefined");
    expect(existsSync(path)).toBe(false);
  });

  test.each([0, PAGE_BYTES - 1, PAGE_BYTES + 1])("to write %s bytes to a page", (bytes) => {
    const file = openFile();
    const allocation = take(file, 1);
    expectRefusal(() => file.write(allocation, new Uint8Array(bytes)), "RangeError", `not ${bytes}`);
  });

  test("to write what is no Uint8Array", () => {
    const file = openFile();
    const words = new Uint16Array(PAGE_BYTES) as unknown as Uint8Array;
    expectRefusal(() => file.write(take(file, 1), words), "TypeError", "Uint8Array");
  });

  test("space that was freed, and that of another file", () => {
    const file = openFile();
    const freed = take(file, 1);
    file.free(freed);
    for (const foreign of [freed, take(openFile(), 1), { ...take(file, 1) }]) {
      expectRefusal(() => file.write(foreign, noise(1, 1)), "EINVAL", "does not hold");
      expectRefusal(() => file.read(foreign), "EINVAL", "does not hold");
    }
  });

  test("to read behind the end of a file that became shorter", () => {
    const file = openFile();
    const allocation = take(file, 2);
    file.write(allocation, noise(2, 1));
    truncateSync(file.path, PAGE_BYTES);
    expectRefusal(() => file.read(allocation), "EIO", file.path, "4096");
  });
});
