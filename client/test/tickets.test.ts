import { beforeEach, describe, expect, it } from "vitest";
import { match, type TextSocket, type TicketOptions } from "../src/tickets/index.js";

const assignment = { url: "ws://node/v1/socket", room: "r", token: "t", team: 1 };

type Listener = (event: never) => void;

/** A WebSocket whose other end is the test. */
class FakeTextSocket implements TextSocket {
  static last: FakeTextSocket;
  readonly sent: string[] = [];
  readonly url: string;
  readonly protocols: string[];
  closedWith: number | undefined;
  readonly #listeners = new Map<string, Listener>();

  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.protocols = protocols;
    FakeTextSocket.last = this;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, listener);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(code?: number): void {
    this.closedWith ??= code;
  }

  call(type: string, event: object = {}): void {
    this.#listeners.get(type)?.(event as never);
  }

  /** The server tells something. */
  tell(told: object): void {
    this.call("message", { data: JSON.stringify(told) });
  }

  /** The server tells a ticket. */
  ticket(status: string, more: object = {}, beside: object = {}): void {
    this.tell({ event: "ticket", ticket: { id: "t1", status, ...more }, ...beside });
  }

  /** The orders since the last call. */
  orders(): unknown[] {
    return this.sent.splice(0).map((text) => JSON.parse(text));
  }
}

/** Begins to wait, on a channel that is open. */
function waiting(options: Partial<TicketOptions> = {}) {
  const result = match("https://play:8443", {
    game: "toy",
    WebSocket: FakeTextSocket,
    ...options,
  });
  result.catch(() => undefined); // each test looks at it in its own time
  const socket = FakeTextSocket.last;
  socket.call("open");
  return { result, socket };
}

/** Lets promises that are settled go on. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

beforeEach(() => {
  FakeTextSocket.last = undefined as never;
});

describe("a ticket channel", () => {
  it("asks for a ticket and tells how it waits until it is matched", async () => {
    const places: unknown[] = [];
    const { result, socket } = waiting({
      mode: "duel",
      skill: 1500,
      sigma: 80,
      key: "k",
      waiting: (place) => places.push(place),
    });
    expect(socket.url).toBe("wss://play:8443/v1/tickets/socket");
    expect(socket.protocols).toEqual(["rondo.tickets.v1"]);
    expect(socket.orders()).toEqual([
      { do: "create", key: "k", ticket: { game: "toy", mode: "duel", skill: 1500, sigma: 80 } },
    ]);
    socket.ticket("queued", {}, { ahead: 3, waited_s: 0 });
    socket.ticket("queued", {}, { ahead: 0, waited_s: 10 });
    socket.ticket("matched", { assignment });
    expect(await result).toEqual(assignment);
    expect(places).toEqual([
      { ahead: 3, waited: 0 },
      { ahead: 0, waited: 10 },
    ]);
    expect(socket.closedWith).toBe(1000);
  });

  const proposal = { left_s: 9, tickets: 2, accepted: 0, yours: false };

  it("asks once a proposal, and accepts where nobody says otherwise", async () => {
    const { socket } = waiting();
    for (let told = 0; told < 2; told++) {
      socket.orders();
      socket.ticket("queued", { proposal });
      socket.ticket("queued", { proposal: { ...proposal, accepted: 1 } });
      await settled();
      expect(socket.orders()).toEqual([{ do: "answer", id: "t1", accept: true }]);
      socket.ticket("queued"); // it failed
    }
  });

  it("declines for its caller and goes on", async () => {
    const { result, socket } = waiting({ accept: async ({ tickets }) => tickets > 2 });
    socket.orders();
    socket.ticket("queued", { proposal });
    await settled();
    expect(socket.orders()).toEqual([{ do: "answer", id: "t1", accept: false }]);
    socket.tell({ event: "error", status: 409, detail: "nothing to accept" });
    socket.ticket("matched", { assignment });
    expect(await result).toEqual(assignment);
  });

  it("fails where its caller's answer does", async () => {
    const { result, socket } = waiting({ accept: () => Promise.reject(new Error("no")) });
    socket.ticket("queued", { proposal });
    await expect(result).rejects.toMatchObject({ code: "aborted", cause: new Error("no") });
  });

  it.each<{ what: string; act: (socket: FakeTextSocket) => void; error: object }>([
    {
      what: "a refused order",
      act: (s) => s.tell({ event: "error", status: 422, detail: "unknown game" }),
      error: { code: "refused", message: "the matchmaker answers 422: unknown game" },
    },
    {
      what: "an account that waits already",
      act: (s) => s.tell({ event: "error", status: 409, detail: "ann waits" }),
      error: { code: "refused" },
    },
    {
      what: "a full queue",
      act: (s) => s.tell({ event: "error", status: 503, detail: "full", retry_after_s: "5" }),
      error: { code: "busy", retryAfter: 5 },
    },
    { what: "an expired ticket", act: (s) => s.ticket("expired"), error: { code: "expired" } },
    {
      what: "a cancelled ticket",
      act: (s) => s.ticket("cancelled", { reason: "the node went down" }),
      error: { code: "cancelled", message: "the node went down" },
    },
    {
      what: "a match without a room",
      act: (s) => s.ticket("matched"),
      error: { code: "protocol" },
    },
    {
      what: "what is no JSON",
      act: (s) => s.call("message", { data: "<html>" }),
      error: { code: "protocol" },
    },
    { what: "what is no event", act: (s) => s.tell({ event: "x" }), error: { code: "protocol" } },
    {
      what: "a cut",
      act: (s) => s.call("close", { code: 1006, reason: "" }),
      error: { code: "unreachable" },
    },
    {
      what: "a node that goes down",
      act: (s) => s.call("close", { code: 1001, reason: "stopping" }),
      error: { code: "busy" },
    },
  ])("fails at $what", async ({ act, error }) => {
    const { result, socket } = waiting();
    act(socket);
    await expect(result).rejects.toMatchObject(error);
  });

  it("cancels the ticket where the caller gives up", async () => {
    const caller = new AbortController();
    const { result, socket } = waiting({ signal: caller.signal, keep: true });
    socket.orders();
    socket.ticket("queued");
    caller.abort();
    await expect(result).rejects.toMatchObject({ code: "aborted" });
    expect(socket.orders()).toEqual([{ do: "cancel", id: "t1" }]);
    expect(socket.closedWith).toBe(1000);
    await expect(waiting({ signal: caller.signal }).result).rejects.toMatchObject({
      code: "aborted",
    });
  });
});
