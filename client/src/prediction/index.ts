export {
  type FieldOf,
  type PredictionOptions,
  prediction,
  type Words,
} from "./prediction.js";
