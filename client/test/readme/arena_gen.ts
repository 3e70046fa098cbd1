export * from "../../src/arena_gen.js";
