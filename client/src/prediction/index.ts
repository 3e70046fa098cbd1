export {
  type FieldOf,
  type PredictionOptions,
  prediction,
  type Spawner,
  type SpawnOptions,
  type Words,
} from "./prediction.js";
