import { describe, expect, it } from "vitest";

import { findCalls } from "../../src/lens/calls";
import { readCode } from "../../src/lens/rust_text";

const paths = (source: string) => findCalls(source).map(({ kind, path }) => `${kind} ${path}`);

describe("tags and phases of a text", () => {
  it("are inside of those that are open around them", () => {
    const source = `
      alloc.with_tag("physics", |alloc| {
          alloc.with_tag("contacts", |alloc| solve(alloc));
          memory . tag ( "hash" , || build());
      });
      alloc.with_tag("render", |_| ());`;
    expect(paths(source)).toEqual(["tag physics", "tag physics/contacts", "tag physics/hash", "tag render"]);
  });

  it("last as long as their block where they have no closure", () => {
    const source = `
      { let _ai = alloc.tag("ai"); { let _p = alloc.tag("path"); } alloc.with_tag("steering", |_| ()); }
      alloc.tag("ui");`;
    expect(paths(source)).toEqual(["tag ai", "tag ai/path", "tag ai/steering", "tag ui"]);
  });

  it("are two trees", () => {
    const source = `
      alloc.begin_phase("render");
      alloc.with_tag("ui", |alloc| { let _p = alloc.phase("text"); });
      alloc.begin_phase("shadows");
      alloc.end_phase();
      alloc.end_phase();
      alloc.begin_phase("audio");`;
    const found = ["phase render", "tag ui", "phase render/text", "phase render/shadows", "phase audio"];
    expect(paths(source)).toEqual(found);
  });

  it("are not what only looks like one", () => {
    const source = `
      // alloc.with_tag("comment", f)
      /* /* nested */ alloc.with_tag("comment", f) */
      let a = "alloc.with_tag(\\"string\\", f)";
      let b = r#"alloc.with_tag("raw", f)"#;
      let c: &'static str = x; let d = '"'; let e = b'\\'';
      tag("function"); html.tag(name); alloc.with_tag(NAME, f); alloc.untag("x"); alloc.tag("");
      alloc.with_tag("real", f);`;
    expect(paths(source)).toEqual(["tag real"]);
  });

  it("have their place", () => {
    const source = 'alloc.with_tag("physics", f)';
    expect(findCalls(source)).toMatchObject([{ start: source.indexOf("with_tag"), end: source.indexOf(",") }]);
  });

  it("are found in a text that is not finished", () => {
    for (const source of ['a.tag("x', "a.tag(", "}}}))", '/* a.tag("x")', "'", 'r#"']) {
      expect(paths(source)).toEqual([]);
    }
    expect(paths(`)} a.tag("x"); ({`)).toEqual(["tag x"]);
  });
});

it("code is as long as its source", () => {
  const source = `let a = "x\ny"; // ü\nlet b = 'c'; r"z"`;
  const { text, literals } = readCode(source);
  expect(text).toHaveLength(source.length);
  expect([...literals.values()].map((literal) => literal.text)).toEqual(["x\ny"]);
  expect(text.split("\n")).toHaveLength(source.split("\n").length);
});
