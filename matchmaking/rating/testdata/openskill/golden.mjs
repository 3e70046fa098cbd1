// Writes to standard output what npm's openskill makes of some hundred matches. `make rating-golden` runs it.
import { ordinal, predictDraw, predictWin, rate } from 'openskill'

const CASES = 400

// random is mulberry32: the same numbers on every machine.
let state = 2011
function random() {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}
const between = (low, high) => low + Math.floor(random() * (high - low + 1))
const pick = (list) => list[between(0, list.length - 1)]
const round = (x) => Math.round(x * 1000) / 1000

// Shapes of matches: duels, teams, free for all, one against many, and what no rule forbids.
const shapes = [
  () => [1, 1],
  () => [5, 5],
  () => [4, 4, 4],
  () => [1, 4],
  () => Array(between(3, 12)).fill(1),
  () => Array.from({ length: between(2, 6) }, () => between(1, 5)),
]

const scales = [
  { mu: 25, sigma: 25 / 3, beta: 25 / 6, tau: 25 / 300 },
  { mu: 1500, sigma: 500, beta: 250, tau: 5 },
  { mu: 25, sigma: 25 / 3, beta: 25 / 6, tau: 0 },
]

function player(model, equal) {
  if (equal) return { mu: model.mu, sigma: model.sigma }
  return { mu: round(model.mu * (1 + 1.2 * (random() - 0.5))), sigma: round(model.sigma * (0.05 + 1.2 * random())) }
}

// pairs writes ratings as [mu, sigma], for short.
const pairs = (teams) => teams.map((team) => team.map(({ mu, sigma }) => [mu, sigma]))

const cases = Array.from({ length: CASES }, () => {
  const model = pick(scales)
  const equal = random() < 0.15
  const teams = pick(shapes)().map((size) => Array.from({ length: size }, () => player(model, equal)))
  const ranks = pick([1, 3, 50]) // all tie, some do, few do
  const rank = teams.map(() => between(1, ranks))
  const rated = rate(teams, { ...model, rank })
  return {
    model,
    teams: pairs(teams),
    rank,
    rated: pairs(rated),
    win: predictWin(teams, model),
    draw: predictDraw(teams, model),
    ordinal: rated.map((team) => team.map((r) => ordinal(r))),
  }
})
console.log(`[\n${cases.map((c) => JSON.stringify(c)).join(',\n')}\n]`)
