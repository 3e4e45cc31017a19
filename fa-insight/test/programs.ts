/** Where the programs are that tests run. */
import { join, resolve } from "node:path";

const target = process.env["CARGO_TARGET_DIR"] ?? resolve(import.meta.dirname, "../../target");

export const ANALYSER = process.env["FA_INSIGHT_ANALYSER"] ?? join(target, "debug", "cargo-fa");
/** The library's example, which writes snapshots. */
export const GAME = process.env["FA_INSIGHT_GAME"] ?? join(target, "debug", "examples", "game_loop");
