import { expect, test } from "vitest";
import type { BufferObject } from "../../../src/ttm/index.ts";
import { smallDevice } from "../../support/small-device.ts";

function four() {
  const { device, make } = smallDevice();
  const buffers = ["w", "x", "y", "z"].map((name) => make(name, 1, { at: ["system"] }));
  return { device, make, buffers: buffers as [BufferObject, BufferObject, BufferObject, BufferObject] };
}

test("buffers are listed in order of creation, whatever is done with them", () => {
  const { device, buffers } = four();
  buffers[0].touch();
  buffers[1].pin();
  buffers[2].validate([]);
  expect(device.buffers).toEqual(buffers);
});

test.each([0, 1, 2, 3])("number %d of four goes, and the others stay in order", (index) => {
  const { device, make, buffers } = four();
  buffers[index]?.free();
  const late = make("late", 1, { at: ["system"] });
  expect(device.buffers).toEqual([...buffers.filter((_, at) => at !== index), late]);
});

test("all go, and the next one is the first", () => {
  const { device, make, buffers } = four();
  for (const bo of buffers) bo.free();
  expect(device.buffers).toEqual([]);
  expect([make("late", 1)]).toEqual(device.buffers);
});

test("a list that was taken stays as it was", () => {
  const { device, buffers } = four();
  const before = device.buffers;
  buffers[1].free();
  expect(before).toEqual(buffers);
});
