import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Bell } from "../../../src/core/bell.ts";
import { bellPath, SocketBell } from "../../../src/core/socket-bell.ts";

/** A bell that reaches nobody: what is heard came through the socket. */
const silent: Bell = { listen: () => undefined, ring: () => undefined, close: () => undefined };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "bell-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function bellOf(agent: number, path: string, inner = silent): SocketBell {
  const bell = new SocketBell(inner, { path, mode: 0o600, agent: () => agent });
  onTestFinished(() => bell.close());
  return bell;
}

/** Whether it rang so far. */
function heardBy(bell: Bell): () => number {
  let count = 0;
  bell.listen(() => count++);
  return () => count;
}

test("another agent is heard", async () => {
  const path = join(folder(), "card");
  const heard = heardBy(bellOf(2, path));
  bellOf(1, path).ring(2);
  await expect.poll(heard).toBe(1);
});

test("only who is called hears it", async () => {
  const path = join(folder(), "card");
  const [second, third] = [heardBy(bellOf(2, path)), heardBy(bellOf(3, path))];
  const bell = bellOf(1, path);
  bell.ring(2);
  bell.ring(2);
  await expect.poll(second).toBe(2);
  expect(third()).toBe(0);
});

test("listening twice opens one bell", async () => {
  const path = join(folder(), "card");
  const bell = bellOf(2, path);
  const heard = heardBy(bell);
  bell.listen(() => expect.unreachable());
  bellOf(1, path).ring(2);
  await expect.poll(heard).toBe(1);
});

test("ringing where nobody listens is no error", async () => {
  const path = join(folder(), "card");
  bellOf(1, path).ring(2);
  writeFileSync(bellPath(path, 3), "");
  bellOf(1, path).ring(3);
  await new Promise((resolve) => setImmediate(resolve));
});

test("a socket that a killed agent has left is replaced, and closing leaves none", () => {
  const path = join(folder(), "card");
  writeFileSync(bellPath(path, 2), "");
  const bell = bellOf(2, path);
  bell.listen(() => undefined);
  expect(statSync(bellPath(path, 2)).isSocket()).toBe(true);
  expect(statSync(bellPath(path, 2)).mode & 0o777).toBe(0o600);
  bell.close();
  expect(existsSync(bellPath(path, 2))).toBe(false);
});

test("where no socket can be, the inner bell goes on to work", () => {
  const rung: number[] = [];
  const inner: Bell = { ...silent, ring: (agent) => rung.push(agent) };
  for (const path of [join(folder(), "x".repeat(100)), join(folder(), "missing", "card")]) {
    const bell = bellOf(1, path, inner);
    bell.listen(() => undefined);
    bell.ring(2);
    expect(existsSync(bellPath(path, 1))).toBe(false);
  }
  expect(rung).toEqual([2, 2]);
});
