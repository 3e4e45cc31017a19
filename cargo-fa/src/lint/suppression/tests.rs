use std::sync::Arc;

use super::{Suppression, Suppressions};
use crate::flow::Program;
use crate::lint::declare::declare_lint;
use crate::lint::finding::Finding;
use crate::lint::options::LintOptions;
use crate::lint::registry::Registry;
use crate::source::Files;

fn nothing(_: &Program, _: &LintOptions, _: &mut Vec<Finding>) {}

declare_lint! {
    /// Page.
    ESCAPE = "FA601", "frame-escape", Lifetime, Deny, "one";
    check = nothing;
}
declare_lint! {
    /// Page.
    LOOP = "FA602", "hot-loop-allocation", Lifetime, Warn, "two";
    check = nothing;
}

const REGISTRY: Registry = Registry(&[&ESCAPE, &LOOP]);

struct Read {
    files: Files,
    suppressions: Suppressions,
}

impl Read {
    fn new(text: &str) -> Self {
        let mut files = Files::default();
        let id = files.add("src/lib.rs".into(), "src/lib.rs".to_owned(), Arc::from(text));
        let suppressions = Suppressions::read(files.get(id), REGISTRY, true);
        Self { files, suppressions }
    }

    fn text(&self) -> &str {
        &self.files.by_display("src/lib.rs").unwrap().text
    }

    fn only(&self) -> &Suppression {
        let [one] = &self.suppressions.found[..] else { panic!("{:?}", self.suppressions) };
        assert_eq!(self.suppressions.malformed.len(), 0);
        one
    }

    fn covered(&self) -> &str {
        let covers = &self.only().covers;
        &self.text()[covers.start as usize..covers.end as usize]
    }

    fn problems(&self) -> Vec<String> {
        let text = self.text();
        let place = |span: crate::source::Span| &text[span.start as usize..span.end as usize];
        self.suppressions
            .malformed
            .iter()
            .map(|bad| format!("{} [{}] {}", bad.message, place(bad.span), bad.help))
            .collect()
    }
}

#[test]
fn an_inner_comment_is_about_what_it_is_in() {
    let file =
        "//! Hostile on purpose.\n//! fa: allow(FA601) -- that is the test\nfn f() { a(); }\nfn g() {}\n";
    assert_eq!(Read::new(file).covered(), file);
    let module = "fn f() {}\nmod m {\n    //! fa: allow(FA601)\n    fn g() {}\n}\nfn h() {}\n";
    assert_eq!(Read::new(module).covered(), "mod m {\n    //! fa: allow(FA601)\n    fn g() {}\n}");
    assert!(Read::new("//! Some prose with fa: in it.\nfn f() {}\n").suppressions.found.is_empty());
}

#[test]
fn behind_a_line_it_covers_the_line() {
    let read = Read::new("fn f() {\n    a(); b(); // fa: allow(FA602) -- short\n    c();\n}\n");
    assert_eq!(read.covered(), "    a(); b(); // fa: allow(FA602) -- short");
    assert!(read.only().silences(&LOOP, 15) && !read.only().silences(&ESCAPE, 15));
}

#[test]
fn above_something_it_covers_all_of_it() {
    let covered = |text: &str| Read::new(text).covered().to_owned();
    assert_eq!(covered("// fa: allow(FA602)\nfn f() {\n    a();\n}\nfn g() {}"), "fn f() {\n    a();\n}");
    assert_eq!(
        covered(
            "fn f() {\n    // fa: allow(FA602)\n    // why\n    for i in x {\n        a();\n    }\n    b();\n}"
        ),
        "for i in x {\n        a();\n    }"
    );
    assert_eq!(
        covered("fn f() {\n    // fa: allow(FA602)\n    let x = a\n        .b();\n    c();\n}"),
        "let x = a\n        .b();"
    );
    assert_eq!(
        covered(
            "fn f() {\n    match x {\n        // fa: allow(FA601)\n        A => {\n            b()\n        }\n        C => {}\n    }\n}"
        ),
        "A => {\n            b()\n        }"
    );
    assert_eq!(covered("struct S {\n    // fa: allow(FA601)\n    a: A,\n    b: B,\n}"), "a: A");
    assert_eq!(covered("impl S {\n    /* fa: allow(FA601) */\n    fn a() {}\n    fn b() {}\n}"), "fn a() {}");
}

#[test]
fn attributes_and_documentation_may_stand_on_either_side() {
    let covered = |text: &str| Read::new(text).covered().to_owned();
    assert_eq!(
        covered("// fa: allow(FA602)\n/// Doc.\n#[inline]\nfn f() {}"),
        "/// Doc.\n#[inline]\nfn f() {}"
    );
    assert_eq!(covered("/// Doc.\n#[inline]\n// fa: allow(FA602)\nfn f() {}"), "fn f() {}");
    assert_eq!(covered("/// Doc.\n// fa: allow(FA602)\n#[inline]\nfn f() {}"), "#[inline]\nfn f() {}");
}

#[test]
fn where_nothing_begins_or_nothing_parses_it_covers_the_next_line() {
    let covered = |text: &str| Read::new(text).covered().to_owned();
    assert_eq!(
        covered("fn f() {\n    a\n        // fa: allow(FA601)\n        .b()\n        .c();\n}"),
        "        .b()"
    );
    assert_eq!(covered("fn f( {\n    // fa: allow(FA601)\n    a();\n    b();\n}"), "    a();");
    assert_eq!(covered("// fa: allow(FA601)"), "// fa: allow(FA601)");
}

#[test]
fn places_are_right_behind_what_the_parser_strips() {
    for start in ["\u{feff}", "#!/bin/rust\n", "\u{feff}#!/bin/rust\n", "#![x]\n"] {
        assert_eq!(
            Read::new(&format!("{start}// fa: allow(FA602)\nfn é() {{\n}}\n")).covered(),
            "fn é() {\n}"
        );
    }
}

#[test]
fn names_lists_and_none() {
    let codes =
        |text: &str| Read::new(text).only().lints.iter().map(|named| named.lint.code).collect::<Vec<_>>();
    assert_eq!(codes("x(); //fa:allow( fa602 ,frame-escape )"), ["FA602", "FA601"]);
    assert_eq!(codes("x(); // fa: allow -- all of it"), [""; 0]);
    assert!(Read::new("x(); // fa: allow").only().silences(&ESCAPE, 0));
}

#[test]
fn prose_and_documentation_are_left_alone() {
    for text in
        ["// fa: la la", "/// fa: allow(FA601)\nfn f() {}", "let x = \"// fa: allow(FA9)\";", "// alfa: x"]
    {
        let read = Read::new(text);
        assert!(read.suppressions.found.is_empty() && read.problems().is_empty(), "{text}");
    }
}

#[test]
fn what_is_meant_and_wrong_is_told() {
    let problems = |text: &str| Read::new(text).problems();
    assert_eq!(problems("// fa: allow(FA610)\n"), ["there is no lint `FA610` [FA610] did you mean `FA601`?"]);
    let help = "write `// fa: allow(FA602) -- why`";
    assert_eq!(
        problems("// fa: alow(FA601)"),
        [format!("a comment cannot `alow` anything [alow(FA601)] {help}")]
    );
    assert_eq!(
        problems("// fa: allow(FA601 -- x"),
        [format!("the list of lints does not end [allow(FA601 -- x] {help}")]
    );
    assert_eq!(problems("// fa: allow(FA601) why"), [format!("a reason begins with `--` [why] {help}")]);
    assert_eq!(problems("// fa: allow()"), [format!("the list of lints is empty [allow()] {help}")]);
    let read = Read::new("x(); // fa: allow(FA999, FA601)");
    assert_eq!((read.suppressions.found.len(), read.problems().len()), (1, 1));
}

#[test]
fn comments_in_tests_are_known() {
    let text = "#[cfg(test)]\nmod tests {\n    // fa: allow(FA601)\n    fn f() {}\n}\n";
    assert!(Read::new(text).only().in_tests);
    assert!(Read::new(&text.replace("cfg(test)", "cfg(all(unix, test))")).only().in_tests);
    assert!(!Read::new(&text.replace("cfg(test)", "cfg(unix)")).only().in_tests);
    assert!(Read::new("#[test]\nfn f() {\n    a(); // fa: allow(FA601)\n}\n").only().in_tests);
    assert!(Read::new("#![cfg(test)]\nfn f() {\n    a(); // fa: allow(FA601)\n}\n").only().in_tests);
}

#[test]
fn the_removal_leaves_no_trace() {
    let removed = |text: &str, code: Option<&str>| {
        let read = Read::new(text);
        let file = read.files.by_display("src/lib.rs").unwrap();
        let one = read.only();
        let named = one.lints.iter().find(|named| Some(named.lint.code) == code);
        let edit = one.removal(file, named).edits.remove(0);
        let mut text = text.to_owned();
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.replacement);
        text
    };
    assert_eq!(removed("a();\n    // fa: allow(FA601)\nb();", Some("FA601")), "a();\nb();");
    assert_eq!(removed("a(); // fa: allow(FA601) -- x\nb();", Some("FA601")), "a();\nb();");
    assert_eq!(removed("a(); // fa: allow(FA601, FA602)\n", Some("FA601")), "a(); // fa: allow(FA602)\n");
    assert_eq!(removed("a(); // fa: allow(FA601, FA602)\n", Some("FA602")), "a(); // fa: allow(FA601)\n");
    assert_eq!(removed("a(); // fa: allow\n", None), "a();\n");
}

#[test]
fn in_a_file_that_nests_too_deeply_it_covers_the_line() {
    let deep = format!("// fa: allow(FA601)\nfn f() {{\n{}{}\n}}", "(".repeat(100_000), ")".repeat(100_000));
    let mut files = Files::default();
    let id = files.add("src/lib.rs".into(), "src/lib.rs".to_owned(), Arc::from(deep));
    let read = Suppressions::read(files.get(id), REGISTRY, false);
    assert_eq!(read.found[0].covers, 20..28);
}
