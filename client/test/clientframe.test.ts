import { describe, expect, it } from "vitest";
import { writeClientFrame } from "../src/clientframe.js";
import { readClientFrame } from "./support/clientframe.js";

describe("a client's frame", () => {
  it("has an input of any integers", () => {
    const values = [-1, 0, 1023, 0x7fffffff, -0x80000000];
    const frame = { ack: 5, view: 3, viewFrac: 255, echo: 0xffffffff, resync: false };
    expect(
      readClientFrame(writeClientFrame({ ...frame, input: { seq: 4_000_000_000, values } })),
    ).toEqual({
      ...frame,
      seq: 4_000_000_000,
      input: values,
    });
  });

  it("may have no input, and then no number either", () => {
    const frame = { ack: 0, view: 0, viewFrac: 0, echo: 0, resync: true };
    expect(readClientFrame(writeClientFrame(frame))).toEqual({
      ...frame,
      seq: 0,
      input: undefined,
    });
  });

  it("is within the protocol's 256 bytes with the most fields", () => {
    const values = Array(8).fill(1) as number[];
    const frame = {
      ack: 1,
      view: 1,
      viewFrac: 1,
      echo: 1,
      resync: false,
      input: { seq: 1, values },
    };
    expect(writeClientFrame(frame).length).toBe(88);
  });

  it("has bytes that flatc reads as the same frame", () => {
    const input = { seq: 2, values: [-1, 1] };
    const frame = { ack: 10, view: 9, viewFrac: 128, echo: 7, resync: true, input };
    expect(Buffer.from(writeClientFrame(frame)).toString("hex")).toBe(
      "1800000014001c00040008000c00100014001800000019001400000002000000140000000a000000" +
        "09000000070000000180000002000000ffffffff01000000",
    );
  });
});
