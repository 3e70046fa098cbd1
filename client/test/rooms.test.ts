import { describe, expect, it } from "vitest";
import { match } from "../src/match.js";
import { listRooms, openRoom } from "../src/rooms/index.js";

const assignment = { url: "ws://node/v1/socket", room: "toy-1", token: "t", code: "K7QF2M9X" };
const matched = { id: "t1", status: "matched", assignment };

/** A server that gives these answers in order and notes what it was asked. */
function server(...answers: { body: unknown; status?: number }[]) {
  const asked: { method: string; url: string; body: unknown }[] = [];
  const fetch = (async (url: unknown, init: RequestInit = {}) => {
    const { body, status = 200 } = answers[asked.length] ?? { body: {}, status: 500 };
    const sent = init.body === undefined ? undefined : JSON.parse(String(init.body));
    asked.push({ method: init.method ?? "GET", url: String(url), body: sent });
    return Response.json(body, { status });
  }) as typeof globalThis.fetch;
  return { asked, fetch };
}

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

const line = (room: string) => ({ room, game: "toy", mode: "quick", players: 1, seats: 2 });

describe("rooms", () => {
  it("are listed page by page, by what is asked for", async () => {
    const { asked, fetch } = server(
      { body: { rooms: [line("a"), line("b")], next: "Yg" } },
      { body: { rooms: [], next: "Yw" } },
      { body: { rooms: [line("d")] } },
    );
    const rooms = await all(
      listRooms("http://play", { game: "toy", open: true, labels: { map: "ice & sand" }, fetch }),
    );
    expect(rooms).toEqual([line("a"), line("b"), line("d")]);
    const query = "http://play/v1/rooms?game=toy&open=true&label=map%3Aice+%26+sand";
    expect(asked.map(({ url }) => url)).toEqual([
      query,
      `${query}&cursor=Yg`,
      `${query}&cursor=Yw`,
    ]);
  });

  it("stop being asked for where the loop ends", async () => {
    const { asked, fetch } = server({ body: { rooms: [line("a")], next: "YQ" } });
    for await (const { room } of listRooms("http://play", { fetch })) {
      expect(room).toBe("a");
      break;
    }
    expect(asked.length).toBe(1);
  });

  it("that are no list are an error", async () => {
    for (const body of [{}, null, { rooms: "many" }]) {
      const { fetch } = server({ body });
      await expect(all(listRooms("http://play", { fetch }))).rejects.toMatchObject({
        code: "protocol",
      });
    }
  });

  it("are opened with a seat and a code", async () => {
    const { asked, fetch } = server({ body: matched, status: 201 });
    const labels = { map: "ice" };
    const room = { game: "toy", private: true, labels, reserve: 3, reserveSeconds: 60, fetch };
    expect(await openRoom("http://play", room)).toEqual(assignment);
    const body = { game: "toy", private: true, labels, reserve: 3, reserve_s: 60 };
    expect(asked).toEqual([{ method: "POST", url: "http://play/v1/rooms", body }]);
  });

  it("that cannot be opened are an error with when to try again", async () => {
    const { fetch } = server({ body: { detail: "no room can be opened now" }, status: 503 });
    await expect(openRoom("http://play", { game: "toy", fetch })).rejects.toMatchObject({
      code: "busy",
      message: "the matchmaker answers 503: no room can be opened now",
    });
  });

  it("are entered by code, or watched, at once", async () => {
    const { asked, fetch } = server({ body: matched, status: 201 });
    const seat = await match("http://play", { game: "toy", code: "k7qf-2m9x", watch: true, fetch });
    expect(seat).toEqual(assignment);
    expect(asked).toEqual([
      {
        method: "POST",
        url: "http://play/v1/tickets",
        body: { game: "toy", mode: "quick", attributes: {}, code: "k7qf-2m9x", watch: true },
      },
    ]);
  });
});
