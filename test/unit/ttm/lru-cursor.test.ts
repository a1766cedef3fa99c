import { describe, expect, test } from "vitest";
import type { Cgroup } from "../../../src/index.ts";
import { type BufferObject, CountManager } from "../../../src/ttm/index.ts";
import type { Lru } from "../../../src/ttm/lru.ts";
import { LruCursor } from "../../../src/ttm/lru-cursor.ts";
import { smallDevice } from "../../support/small-device.ts";

/**
 * Buffers of one page, by name, which begins with that of the group, `a` to `d`; a figure at the end is the priority.
 */
function listed(...names: readonly string[]) {
  const { dmem, device, a, b, make } = smallDevice({ managers: { vram: new CountManager(64) } });
  const groups: Record<string, Cgroup> = { a, b, c: dmem.root.mkdir("c"), d: dmem.root.mkdir("d") };
  const add = (name: string): BufferObject => {
    const priority = Number(/\d$/.exec(name)?.[0] ?? 0) as 0;
    const bo = make(name, 1, { owner: groups[name.charAt(0)] as Cgroup, priority });
    return bo;
  };
  const buffers = new Map(names.map((name) => [name, add(name)]));
  const lru = device.type("vram")?.lru as Lru;
  const cursor = new LruCursor(lru);
  const nameOf = (bo: BufferObject) => [...buffers].find(([, each]) => each === bo)?.[0];
  return {
    lru,
    cursor,
    buffer: (name: string) => buffers.get(name) as BufferObject,
    add: (name: string) => buffers.set(name, add(name)),
    next: () => {
      const resource = cursor.next();
      return resource && nameOf(resource.bo);
    },
    rest: () => {
      const rest: (string | undefined)[] = [];
      for (let found = cursor.next(); found !== null; found = cursor.next()) rest.push(nameOf(found.bo));
      return rest;
    },
  };
}

test("goes from the oldest to the youngest, across pools", () => {
  expect(listed("a.x", "b.x", "b.y", "a.y").rest()).toEqual(["a.x", "b.x", "b.y", "a.y"]);
});

test("goes from the oldest where that is in a list that came later", () => {
  const { buffer, rest } = listed("a.x", "b.x", "a.y");
  buffer("a.x").touch();
  expect(rest()).toEqual(["b.x", "a.y", "a.x"]);
});

test("goes to the older one of two lists that are both older than the rest of the present one", () => {
  const { buffer, rest } = listed("a.x", "b.x", "c.x", "b.y", "a.y");
  buffer("b.x").touch();
  expect(rest()).toEqual(["a.x", "c.x", "b.y", "a.y", "b.x"]);
});

test("goes from one priority to the next", () => {
  expect(listed("a.x3", "b.x1", "a.y", "b.y3", "b.z1").rest()).toEqual(["a.y", "b.x1", "b.z1", "a.x3", "b.y3"]);
});

test("has nothing to say where there is nothing, and nothing more at the end", () => {
  const { next, rest } = listed();
  expect([rest(), next(), next()]).toEqual([[], null, null]);
});

test("takes up again all that was passed over for the same reason", () => {
  const { cursor, next, rest } = listed("a.x", "b.x", "a.y", "b.y");
  for (const _ of ["a.x", "b.x"]) {
    next();
    cursor.passOver("poor");
  }
  cursor.reconsider(["poor"]);
  expect(rest()).toEqual(["a.y", "b.y"]);
});

test("takes up again what is older than all others before them", () => {
  const { cursor, next, rest } = listed("a.x", "b.x", "a.y", "c.x", "d.x", "b.y");
  next();
  cursor.passOver("poor");
  next();
  cursor.reconsider(["poor"]);
  expect(rest()).toEqual(["a.y", "c.x", "d.x", "b.y"]);
});

describe("what changes on the way", () => {
  test("the entry that it is at goes", () => {
    const { buffer, next, rest } = listed("a.x", "a.y", "b.x");
    next();
    buffer("a.x").free();
    expect(rest()).toEqual(["a.y", "b.x"]);
  });

  test("the next entry goes", () => {
    const { buffer, next, rest } = listed("a.x", "a.y", "b.x");
    next();
    buffer("a.y").free();
    expect(rest()).toEqual(["b.x"]);
  });

  test("an entry further ahead goes", () => {
    const { buffer, next, rest } = listed("a.x", "a.y", "a.z", "a.w");
    next();
    buffer("a.w").free();
    expect(rest()).toEqual(["a.y", "a.z"]);
  });

  test("an entry behind it goes", () => {
    const { buffer, next, rest } = listed("a.x", "a.y", "b.x");
    next();
    next();
    buffer("a.x").free();
    expect(rest()).toEqual(["b.x"]);
  });

  test("all of a pool goes, and comes back", () => {
    const { add, buffer, next, rest } = listed("b.x", "a.x", "b.y");
    next();
    buffer("b.x").free();
    buffer("b.y").free();
    add("b.z");
    expect(rest()).toEqual(["a.x", "b.z"]);
  });

  test("an entry is added at the end", () => {
    const { add, next, rest } = listed("a.x", "a.y");
    next();
    add("a.z");
    add("b.x");
    expect(rest()).toEqual(["a.y", "a.z", "b.x"]);
  });

  test("an entry ahead becomes the most recently used", () => {
    const { buffer, next, rest } = listed("a.x", "a.y", "b.x", "a.z");
    next();
    buffer("a.y").touch();
    expect(rest()).toEqual(["b.x", "a.z", "a.y"]);
  });

  test("the entry that it is at becomes the most recently used: it comes again", () => {
    const { buffer, next, rest } = listed("a.x", "a.y");
    next();
    buffer("a.x").touch();
    expect(rest()).toEqual(["a.y", "a.x"]);
  });

  test("an entry of a later priority is added", () => {
    const { add, next, rest } = listed("a.x", "a.x1");
    next();
    add("b.y2");
    add("b.y1");
    expect(rest()).toEqual(["a.x1", "b.y1", "b.y2"]);
  });

  test("an entry of an earlier priority is not gone back to", () => {
    const { add, next, rest } = listed("a.x1", "a.y1");
    next();
    add("b.x");
    expect(rest()).toEqual(["a.y1"]);
  });
});

describe("a pool that is passed over", () => {
  test("is left out from there on, in this priority", () => {
    const { cursor, next, rest } = listed("a.x", "b.x", "a.y", "b.y", "a.x1");
    next();
    cursor.passOver("kin");
    expect(rest()).toEqual(["b.x", "b.y", "a.x1"]);
  });

  test("is taken up again where the cursor is", () => {
    const { cursor, next, rest } = listed("a.x", "a.y", "b.x", "a.z", "b.y");
    next();
    cursor.passOver("kin");
    expect(next()).toBe("b.x");
    cursor.reconsider(["kin"]);
    expect(rest()).toEqual(["a.z", "b.y"]);
  });

  test("is not taken up again for the sake of another", () => {
    const { cursor, next, rest } = listed("a.x", "b.x", "a.y", "b.y");
    next();
    cursor.passOver("kin");
    next();
    cursor.reconsider(["another"]);
    expect(rest()).toEqual(["b.y"]);
  });

  test("is taken up again with all others", () => {
    const { cursor, next, rest } = listed("a.x", "b.x", "a.y", "b.y");
    next();
    cursor.passOver("kin");
    next();
    cursor.passOver("another");
    cursor.reconsider(null);
    expect(rest()).toEqual(["a.y", "b.y"]);
  });

  test("stays left out when a list is added to the others", () => {
    const { add, cursor, next, rest } = listed("a.x", "a.y", "b.x1");
    next();
    cursor.passOver("kin");
    add("b.x");
    expect(rest()).toEqual(["b.x", "b.x1"]);
  });

  test("is not gone back to in an earlier priority", () => {
    const { cursor, next, rest } = listed("a.x", "a.y", "b.x1", "b.y1");
    next();
    cursor.passOver("kin");
    expect(next()).toBe("b.x1");
    cursor.reconsider(null);
    expect(rest()).toEqual(["b.y1"]);
  });
});

describe("two at the same time", () => {
  test("both go on when the entry that they are at goes", () => {
    const { lru, cursor, buffer, next, rest } = listed("a.x", "a.y", "a.z");
    const other = new LruCursor(lru);
    for (const _ of ["a.x", "a.y"]) {
      next();
      other.next();
    }
    buffer("a.y").free();
    buffer("a.x").free();
    expect([rest(), other.next()?.bo, other.next()]).toEqual([["a.z"], buffer("a.z"), null]);
    for (const each of [cursor, other]) each.close();
  });

  test.each(["first", "second"])("the %s one leaves nothing behind when it is closed", (which) => {
    const { lru, cursor, buffer, next } = listed("a.x", "a.y");
    const other = new LruCursor(lru);
    next();
    other.next();
    const [leaving, staying] = which === "first" ? [cursor, other] : [other, cursor];
    leaving.close();
    buffer("a.x").free();
    expect(staying.next()?.bo).toBe(buffer("a.y"));
    staying.close();
    expect([...lru.lists(0)].map(({ bookmarks }) => bookmarks)).toEqual([null]);
  });
});
