import { definePass } from "../../ir/pass/pass.js";
import { takeObservers } from "./observers.js";

/** observe(x) --> x */
export const dropObservers = definePass({
  name: "drop-observers",
  doc: "Removes observers: what calibration saw is not needed behind the choice of grids.",
  options: {},
  requires: [],
  establishes: [],
  idempotent: true,
  breaks: ["observed", "materialized"],
  run: (m) => takeObservers(m).module,
});
