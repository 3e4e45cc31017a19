//! Whether two programs are the same but for the bodies of functions and for where everything stands.
//!
//! What the index of one says of names and types is then what that of the other says, by the same numbers.

use std::sync::Arc;

use super::load::Crate;
use super::modules::Module;
use super::tree::{Item, ItemKind};

/// Whether the crates of two loads are alike.
#[must_use]
pub fn are_alike(one: &[Crate], other: &[Crate]) -> bool {
    let crates = |one: &Crate, other: &Crate| {
        (&one.name, &one.package, &one.framealloc, &one.externs)
            == (&other.name, &other.package, &other.framealloc, &other.externs)
            && all(&one.modules, &other.modules, modules)
    };
    all(one, other, crates)
}

fn all<T>(one: &[T], other: &[T], alike: impl Fn(&T, &T) -> bool) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
}

fn modules(one: &Module, other: &Module) -> bool {
    (&one.name, one.parent, one.file) == (&other.name, other.parent, other.file)
        && all(&one.items, &other.items, items)
}

fn items(one: &Item, other: &Item) -> bool {
    one.name == other.name
        && one.attrs == other.attrs
        && one.public == other.public
        && match (&one.kind, &other.kind) {
            (ItemKind::Fn(one), ItemKind::Fn(other)) => {
                Arc::ptr_eq(one, other)
                    || one.head() == other.head()
                        && (one.is_async, one.body.is_some()) == (other.is_async, other.body.is_some())
                        // Items in a body are items like others.
                        && (one.inner.is_empty() && other.inner.is_empty() || one.text() == other.text())
            }
            (ItemKind::Struct(one), ItemKind::Struct(other)) => same(one, other),
            (ItemKind::Enum(one), ItemKind::Enum(other)) => same(one, other),
            (ItemKind::Alias(one), ItemKind::Alias(other)) => same(one, other),
            (ItemKind::Static(one), ItemKind::Static(other)) => same(one, other),
            (ItemKind::Use(one), ItemKind::Use(other)) => one == other,
            (ItemKind::Impl(one), ItemKind::Impl(other)) => {
                Arc::ptr_eq(one, other)
                    || (&one.generics, &one.of, &one.ty) == (&other.generics, &other.of, &other.ty)
                        && all(&one.items, &other.items, items)
            }
            (ItemKind::Trait(one), ItemKind::Trait(other)) => {
                Arc::ptr_eq(one, other)
                    || (&one.generics, &one.supers) == (&other.generics, &other.supers)
                        && all(&one.items, &other.items, items)
            }
            (ItemKind::Mod(one), ItemKind::Mod(other)) => match (&one.items, &other.items) {
                (Some(one), Some(other)) => all(one, other, items),
                (one, other) => one.is_none() && other.is_none(),
            },
            _ => false,
        }
}

fn same<T: PartialEq>(one: &Arc<T>, other: &Arc<T>) -> bool {
    Arc::ptr_eq(one, other) || one == other
}

#[cfg(test)]
mod tests {
    use super::are_alike;
    use crate::source::load_files;

    fn alike(one: &str, other: &str) -> bool {
        let load = |text: &str| load_files(&[("lib.rs", text)], true).crates;
        are_alike(&load(one), &load(other))
    }

    const BEFORE: &str = "use a::b;
pub struct S<T: Copy> { f: Vec<T> }
impl<T: Copy> S<T> { const N: u8 = 1; fn g(&self, n: &'static str) -> u8 { 1 } }
enum E { A(u8), B }
trait T { fn d(&self) {} }
static X: u8 = 1;
type A = Vec<u8>;
mod m { fn h() {} }
fn i() { use a::c; c() }";

    #[test]
    fn bodies_and_places_do_not_count() {
        let changes = [
            ("{ 1 }", "{ let a = 2; a }"),
            ("fn d(&self) {}", "fn d(&self) { x() }"),
            ("enum", "\n\n// é\nenum"),
        ];
        for (from, to) in changes {
            assert!(alike(BEFORE, &BEFORE.replace(from, to)), "{from} {to}");
        }
    }

    #[test]
    fn everything_else_does() {
        let changes = [
            ("a::b", "a::c"),
            ("a::b", "a::b as c"),
            ("pub struct", "struct"),
            ("T: Copy>", "T: Clone>"),
            ("Vec<T>", "Vec<Vec<T>>"),
            ("f: Vec", "g: Vec"),
            ("const N", "const M"),
            ("N: u8", "N: u16"),
            ("= 1;", "= 2;"),
            ("fn g", "fn gg"),
            ("fn g", "async fn g"),
            ("&self, n", "n"),
            ("-> u8", "-> u16"),
            ("B }", "C }"),
            ("static X", "const X"),
            ("Vec<u8>", "Vec<u16>"),
            ("mod m {", "mod m { fn j() {}"),
            ("fn h() {}", ""),
            ("fn d(&self) {}", "fn d(&self);"),
            ("use a::c", "use a::d"),
            ("{ use", "{  use"),
            ("fn i()", "#[test] fn i()"),
            ("static X: u8 = 1;", "type A = Vec<u8>;"),
        ];
        for (from, to) in changes {
            assert!(BEFORE.contains(from) && !alike(BEFORE, &BEFORE.replacen(from, to, 1)), "{from} {to}");
        }
    }
}
