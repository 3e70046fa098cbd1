import { describe, expectTypeOf, it } from "vitest";
import type { AnySchema, CloseInfo, Room } from "../src/index.js";
import { prediction } from "../src/prediction/index.js";
import { type ToySchema, toyRef } from "./support/game.js";

// `tsc` is what runs this: a line under @ts-expect-error that compiles fails `npm run check`.
describe("the types of a room", () => {
  type Toy = Room<ToySchema>;

  it("know the game's kinds and fields", () => {
    const read = (room: Toy) => {
      for (const car of room.view("Car")) {
        expectTypeOf(car.id).toBeNumber();
        expectTypeOf(car.lit).toBeBoolean();
        // @ts-expect-error no such field
        car.wings;
        // @ts-expect-error fields are read, not written
        car.x = 1;
      }
      // @ts-expect-error no such kind
      room.view("Plane");
    };
    expectTypeOf(read).toBeFunction();
  });

  it("know the columns of a kind", () => {
    const read = (room: Toy) => {
      expectTypeOf(room.column("Car", "x")).toEqualTypeOf<Float32Array>();
      expectTypeOf(room.column("Car", "id")).toEqualTypeOf<Uint32Array>();
      // @ts-expect-error no such field
      room.column("Car", "worth");
      // @ts-expect-error no such kind
      room.column("Plane", "x");
    };
    expectTypeOf(read).toBeFunction();
  });

  it("know what a prediction is about", () => {
    const predict = (
      room: Toy,
      other: Room<{ kinds: { Plane: object }; input: object; messages: object }>,
    ) => {
      const car = prediction(toyRef, {
        kinds: ["Car"],
        owns: (car, player) => car.gear === player,
        step(car, { steer }) {
          expectTypeOf(car.lit).toBeNumber();
          car.x += steer;
          // @ts-expect-error a field of another kind
          car.worth;
        },
        given: ["lit"],
      });
      room.predict(car);
      prediction(toyRef, {
        kinds: ["Car"],
        owns: () => true,
        step(car, _input, _rate, spawn) {
          spawn("Coin", { worth: car.x });
          // @ts-expect-error a field is missing
          spawn("Coin", {});
          // @ts-expect-error no such kind
          spawn("Plane", { worth: 1 });
        },
        spawns: {
          Coin: {
            owns: ({ worth }) => worth > 0,
            step(coin, rate) {
              coin.worth += rate;
              // @ts-expect-error a field of another kind
              coin.lit;
            },
          },
          // @ts-expect-error no such kind
          Plane: { owns: () => true, step: () => undefined },
        },
      });
      // @ts-expect-error a prediction of another game
      other.predict(car);
      const rest = { owns: () => true, step: () => undefined };
      // @ts-expect-error no such kind
      prediction(toyRef, { kinds: ["Plane"], ...rest });
      // @ts-expect-error no such field
      prediction(toyRef, { kinds: ["Car"], given: ["worth"], ...rest });
      // @ts-expect-error a step is missing
      prediction(toyRef, { kinds: ["Car"], owns: () => true });
    };
    expectTypeOf(predict).toBeFunction();
  });

  it("know the messages of a loop", () => {
    const read = async (room: Toy) => {
      for await (const message of room.messages()) {
        expectTypeOf(message.name).toEqualTypeOf<"Crash">();
        expectTypeOf(message.value).toEqualTypeOf<{ car: number; why: string }>();
        // @ts-expect-error no such field
        message.value.whose;
      }
    };
    expectTypeOf(read).toBeFunction();
  });

  it("know the game's input", () => {
    const send = (room: Toy) => {
      room.input(() => ({ steer: 1, horn: 0 }));
      room.input(() => undefined);
      // @ts-expect-error a field is missing
      room.input(() => ({ steer: 1 }));
      // @ts-expect-error a field has another name
      room.input(() => ({ steer: 1, bell: 0 }));
    };
    expectTypeOf(send).toBeFunction();
  });

  it("know the room's events and the game's messages", () => {
    const listen = (room: Toy) => {
      room.on("Crash", (crash) =>
        expectTypeOf(crash).toEqualTypeOf<{ car: number; why: string }>(),
      );
      room.on("tick", (tick) => expectTypeOf(tick).toBeNumber());
      room.on("close", (info) => expectTypeOf(info).toEqualTypeOf<CloseInfo>());
      // @ts-expect-error no such event
      room.on("crash", () => undefined);
    };
    expectTypeOf(listen).toBeFunction();
  });

  it("are general for a schema that is known at run time only", () => {
    const read = (room: Room<AnySchema>) => {
      for (const entity of room.view("Whatever")) {
        expectTypeOf(entity.size).toEqualTypeOf<number | boolean>();
      }
      room.on("Anything", (message) => expectTypeOf(message.why).toEqualTypeOf<number | string>());
    };
    expectTypeOf(read).toBeFunction();
  });

  it("have no messages for a game without any", () => {
    const listen = (
      room: Room<{ kinds: object; input: object; messages: Record<string, never> }>,
    ) => {
      room.on("tick", (tick) => expectTypeOf(tick).toBeNumber());
      // @ts-expect-error no such event
      room.on("Crash", () => undefined);
    };
    expectTypeOf(listen).toBeFunction();
  });
});
