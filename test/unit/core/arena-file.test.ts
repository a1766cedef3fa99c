import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { describe, expect, onTestFinished, type TestContext, test } from "vitest";
import {
  AGENT,
  ARENA_BUCKET_MASK,
  ARENA_BUCKETS,
  ARENA_MAGIC,
  ARENA_ROOT,
  ARENA_SIZE,
  ARENA_SLOTS,
  ARENA_STAMP,
  POOL,
  SLOTS_BASE,
  SLOTS_CAPACITY,
  SLOTS_END,
  SLOTS_LINK,
  SLOTS_SIZE,
  SLOTS_STRIDE,
} from "../../../assembly/abi.ts";
import { createTemporary } from "../../../src/core/arena-file.ts";
import { native } from "../../../src/core/native.ts";
import { Dmem } from "../../../src/index.ts";
import { missing, needsAddon, openDescriptors, SMALL, sharedFolder } from "../../support/native-addon.ts";
import { expectRefusal, type Kind } from "../../support/refusal.ts";

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

describe.skipIf(missing !== null)(needsAddon("a file that is no arena to be trusted"), () => {
  const folder = sharedFolder();

  /** Expects a refusal that names the path, and leaves files, descriptors and mappings as they were. */
  function expectRefused(path: string, kind: Kind, ...words: string[]): void {
    const look = () => [openDescriptors(), readdirSync(folder), mappingsOf(path)];
    const before = look();
    expectRefusal(() => Dmem.open(path), kind, JSON.stringify(path), ...words);
    expect(look()).toEqual(before);
  }

  function expectFileRefused(path: string, kind: Kind, ...words: string[]): void {
    const before = readFileSync(path);
    expectRefused(path, kind, ...words);
    expect(readFileSync(path).equals(before)).toBe(true);
  }

  /** A whole arena that nobody uses, with one word changed. */
  function arena(name: string, address?: number, value = 0): string {
    const path = join(folder, name);
    Dmem.open(path, { capacity: SMALL }).dispose();
    if (address !== undefined) {
      const bytes = readFileSync(path);
      bytes.writeUInt32LE(value, address);
      writeFileSync(path, bytes);
    }
    return path;
  }

  function file(name: string, contents: Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, contents, { mode: 0o600 });
    return path;
  }

  test("a symbolic link is not followed, wherever it leads", () => {
    for (const [name, target] of [
      ["link", arena("target")],
      ["dangling", join(folder, "nowhere")],
    ] as const) {
      symlinkSync(target, join(folder, name));
      expectRefused(join(folder, name), "ELOOP", "symbolic link");
    }
    expect(readdirSync(folder)).not.toContain("nowhere");
  });

  test("a directory", () => {
    mkdirSync(join(folder, "directory"));
    expectRefused(join(folder, "directory"), "EISDIR", "is a directory");
  });

  test("a FIFO, without waiting for its other end", () => {
    const path = join(folder, "fifo");
    expect(spawnSync("mkfifo", [path]).status).toBe(0);
    expectRefused(path, "EINVAL", "a FIFO");
  });

  test("a device", () => {
    expectRefused("/dev/null", "EINVAL", "a device");
  });

  test("a path that goes through a file", () => {
    const path = join(file("plain", Buffer.from("x")), "below");
    expectRefused(path, "ENOTDIR");
  });

  test("an empty file, a short one, zeros and noise", () => {
    expectFileRefused(file("empty", Buffer.alloc(0)), "EINVAL", "not an arena");
    expectFileRefused(file("short", readFileSync(arena("whole")).subarray(0, 1000)), "EINVAL", "not an arena");
    expectFileRefused(file("zeros", Buffer.alloc(65536)), "EINVAL", "not an arena");
    expectFileRefused(file("noise", Buffer.alloc(65536, "noise")), "EINVAL", "not an arena");
  });

  test("an arena that lost its end, or has grown", () => {
    const path = arena("cut");
    const size = readFileSync(path).length;
    truncateSync(path, size - 4096);
    expectFileRefused(path, "EINVAL", `${size - 4096} bytes`);
    truncateSync(path, size + 65536);
    expectFileRefused(path, "EINVAL", `${size + 65536} bytes`);
    truncateSync(path, 2048);
    expectFileRefused(path, "EINVAL", "2048 bytes");
  });

  test("an arena with another magic, or of another version", () => {
    expectFileRefused(arena("magic", ARENA_MAGIC, 1), "EINVAL", "not an arena");
    expectFileRefused(arena("version", ARENA_STAMP, 12345), "EINVAL", "another version", "12345");
  });

  const pools = ARENA_SLOTS + POOL * SLOTS_SIZE;
  test.each([
    ["size", ARENA_SIZE],
    ["root", ARENA_ROOT],
    ["buckets", ARENA_BUCKETS],
    ["mask", ARENA_BUCKET_MASK],
    ["base", pools + SLOTS_BASE],
    ["stride", pools + SLOTS_STRIDE],
    ["capacity", pools + SLOTS_CAPACITY],
    ["link", pools + SLOTS_LINK],
    ["end", pools + SLOTS_END],
    ["agents", ARENA_SLOTS + AGENT * SLOTS_SIZE + SLOTS_CAPACITY],
  ])("an arena whose header contradicts itself: %s", (name, address) => {
    for (const value of [0, 1024, 4096]) expectFileRefused(arena(`${name}-${value}`, address, value), "EINVAL");
  });

  test("a file that everybody may write", () => {
    const path = arena("open");
    chmodSync(path, 0o602);
    expectFileRefused(path, "EPERM", "everybody");
  });

  test("a file of another user", () => {
    const path = isRoot ? arena("foreign") : "/etc/passwd";
    if (isRoot) chownSync(path, NOBODY, NOBODY);
    expectRefused(path, "EPERM", "belongs to user");
    expectRefusal(() => Dmem.open(path, { access: "group" }), "EPERM", "belongs to group");
  });

  test.skipIf(!isRoot)(`a file of another user in this group can be used if that is wanted${rootOnly()}`, () => {
    const path = arena("shared");
    chownSync(path, NOBODY, process.getegid?.() ?? 0);
    Dmem.open(path, { access: "group" }).dispose();
    expectRefused(path, "EPERM", "belongs to user");
  });

  test.skipIf(!isRoot || !isMainThread)(
    `a file that may only be read, and a folder that may not be written${rootOnly()}`,
    () => {
      const path = arena("read-only");
      chownSync(path, NOBODY, NOBODY);
      chmodSync(path, 0o400);
      chmodSync(folder, 0o755);
      process.seteuid?.(NOBODY);
      try {
        expectFileRefused(path, "EACCES", "permission denied");
        expectRefused(join(folder, "forbidden"), "EACCES", "permission denied");
      } finally {
        process.seteuid?.(0);
      }
    },
  );

  test("blocks that cannot be reserved leave no file", () => {
    const before = [openDescriptors(), readdirSync(folder)];
    const full = { ...native(), reserve: () => 28 };
    const create = () => createTemporary(full, join(folder, "x"), { bytes: 65536, access: "user" });
    expectRefusal(create, "ENOSPC", '/x" cannot be created', "65536 bytes", "no space left");
    expect([openDescriptors(), readdirSync(folder)]).toEqual(before);
  });

  /** A file system of 256 KiB with these files; skips the test where this process may not mount one. */
  function mounted(context: TestContext, contents: Readonly<Record<string, Buffer>> = {}, options = "size=256k") {
    const place = mkdtempSync(join(folder, "mounted-"));
    const mount = (...args: string[]) => spawnSync("mount", [...args, place]).status === 0;
    if (!mount("-t", "tmpfs", "-o", "size=256k", "none")) context.skip("It takes the right to mount.");
    onTestFinished(() => void spawnSync("umount", ["-l", place]));
    for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(place, name), bytes, { mode: 0o600 });
    expect(mount("-o", `remount,${options}`)).toBe(true);
    return place;
  }

  test("a file system without room is left as it was", (context) => {
    const place = mounted(context);
    const path = join(place, "large");
    expectRefused(path, "ENOSPC", "no space left");
    expect(readdirSync(place)).toEqual([]);
    const small = Dmem.open(path, { capacity: SMALL });
    onTestFinished(() => small.dispose());
    expect(small.root.mkdir("a").path).toBe("/a");
  });

  test("a file system that may only be read is left as it was", (context) => {
    const place = mounted(context, { copy: readFileSync(arena("original")) }, "ro");
    expectFileRefused(join(place, "copy"), "EROFS", "read-only file system");
    expectRefused(join(place, "new"), "EROFS", "read-only file system");
  });
});

function rootOnly(): string {
  return isRoot ? "" : " (skipped: takes root)";
}

function mappingsOf(path: string): number {
  return readFileSync("/proc/self/maps", "utf8").split(path).length - 1;
}
