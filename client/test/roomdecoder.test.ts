import { describe, expect, it } from "vitest";
import type { Kind } from "../src/descriptor.js";
import { ProtocolError } from "../src/errors.js";
import { RoomDecoder } from "../src/roomdecoder.js";
import type { Snapshot } from "../src/table.js";
import { encodeState, table } from "./support/encode.js";
import { byteKind } from "./support/game.js";

const open: Kind = byteKind(8);
const secret: Kind = { ...byteKind(8), name: "Secret", private: true };
const kinds = [secret, open];

/** Snapshots of the one kind that either part has. */
function at(tick: number, ...rows: [number, number][]): Snapshot {
  return { tick, tables: [table(1, ...rows)] };
}
const [board, next, later] = [at(10, [1, 5]), at(11, [1, 6]), at(12, [1, 7])];
const [hand, drawn] = [at(10, [3, 30]), at(12, [3, 31], [4, 40])];

const shared = (now: Snapshot, base?: Snapshot, check = false) =>
  encodeState([open], now, { base, check });
const hidden = (now: Snapshot, base?: Snapshot, check = false) =>
  encodeState([secret], now, { base, check });

/** A decoder that has had the full states of tick 10. */
function started(): RoomDecoder {
  const decoder = new RoomDecoder(kinds);
  decoder.decode(shared(board), hidden(hand));
  return decoder;
}

describe("a room decoder", () => {
  it("has the tables of both parts in the order of the schema", () => {
    const decoder = new RoomDecoder(kinds);
    expect(decoder.newest).toBeUndefined();
    decoder.decode(shared(board), hidden(hand));
    expect(decoder.newest).toEqual({ tick: 10, tables: [hand.tables[0], board.tables[0]] });
  });

  it("keeps what is private until more of it comes", () => {
    const decoder = started();
    decoder.decode(shared(next, board), undefined);
    expect(decoder.newest).toEqual({ tick: 11, tables: [hand.tables[0], next.tables[0]] });
    decoder.decode(shared(later, next), hidden(drawn, hand));
    expect(decoder.newest).toEqual({ tick: 12, tables: [drawn.tables[0], later.tables[0]] });
  });

  it("takes all for lost where the private checksum does not agree", () => {
    const decoder = started();
    const wrong = hidden(at(11, [3, 9]), hand, true);
    wrong[7] ^= 1; // behind the flags, the tick and the ages
    expect(decoder.decode(shared(next, board), wrong)).toEqual({ kind: "desync", tick: 11 });
    expect(decoder.newest?.tick).toBe(10);
    expect(decoder.decode(shared(later, next), undefined)).toEqual({ kind: "dropped" });
    expect(decoder.decode(shared(later), hidden(drawn)).kind).toBe("applied");
    expect(decoder.newest).toEqual({ tick: 12, tables: [drawn.tables[0], later.tables[0]] });
  });

  it("drops the private part of a state that it drops", () => {
    const decoder = started();
    const wrong = shared(next, board, true);
    wrong[7] ^= 1;
    expect(decoder.decode(wrong, undefined).kind).toBe("desync");
    expect(decoder.decode(shared(later, next), Uint8Array.of(0xff))).toEqual({ kind: "dropped" });
  });

  it("refuses a private part of another tick", () => {
    expect(() => started().decode(shared(next, board), hidden(drawn, hand))).toThrow(ProtocolError);
  });

  it("refuses a private part where nothing is private", () => {
    const decoder = new RoomDecoder([open]);
    expect(() => decoder.decode(shared(board), hidden(hand))).toThrow(ProtocolError);
  });
});
