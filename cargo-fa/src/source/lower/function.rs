//! Functions: where each is, and its code when somebody asks.

use std::sync::{Arc, OnceLock};

use super::super::span::Span;
use super::super::tree::{Code, Fn, Inner, Receiver};
use super::Lowering;

impl Fn {
    /// What it takes, returns and does.
    #[must_use]
    pub fn code(&self) -> &Code {
        self.code.get_or_init(|| {
            let lowering = Lowering::new(self.span.file, self.span.start, self.text(), self.text.clone());
            // The parser has seen it before, as a part of its file.
            let code = match syn::parse_str::<syn::TraitItemFn>(self.text()) {
                Ok(function) => lowering.code(&function.sig, function.default.as_ref()),
                Err(_) => Code::default(),
            };
            proc_macro2::extra::invalidate_current_thread_spans();
            Arc::new(code)
        })
    }
}

impl Lowering {
    /// A function with its body, or with what it ends in without one.
    pub(super) fn function(&self, sig: &syn::Signature, body: Result<&syn::Block, proc_macro2::Span>) -> Fn {
        let start = self.span(sig.fn_token.span);
        let end = match body {
            Ok(block) => self.delimited(&block.brace_token.span),
            Err(end) => self.span(end),
        };
        Fn {
            span: start.to(end),
            is_async: sig.asyncness.is_some(),
            has_self: sig.receiver().is_some(),
            body: body.is_ok().then_some(end),
            inner: body.map_or_else(|_| Vec::new(), |block| self.inner(block, end)),
            text: self.text.clone(),
            code: OnceLock::new(),
        }
    }

    /// The blocks of a body that hold items.
    fn inner(&self, block: &syn::Block, span: Span) -> Vec<Inner> {
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        if !may_hold_items(text) {
            return Vec::new();
        }
        let around = self.inner.take();
        let _ = self.block(block);
        self.inner.replace(around)
    }

    fn code(&self, sig: &syn::Signature, block: Option<&syn::Block>) -> Code {
        let mut receiver = None;
        let mut params = Vec::new();
        for input in &sig.inputs {
            match input {
                syn::FnArg::Receiver(it) => {
                    let (reference, mutable, ty) = match &it.kind {
                        syn::ReceiverKind::Value => (false, it.mutability.is_some(), None),
                        syn::ReceiverKind::Reference(_, _, mutable) => (true, mutable.is_some(), None),
                        syn::ReceiverKind::Typed(_, ty) => {
                            (false, it.mutability.is_some(), Some(self.ty(ty)))
                        }
                        _ => (false, false, None),
                    };
                    receiver = Some(Receiver { span: self.span(it.self_token.span), reference, mutable, ty });
                }
                syn::FnArg::Typed(typed) => params.push((self.pat(&typed.pat), self.ty(&typed.ty))),
            }
        }
        Code {
            generics: self.generics(&sig.generics),
            receiver,
            params,
            result: match &sig.output {
                syn::ReturnType::Type(_, ty) => Some(self.ty(ty)),
                syn::ReturnType::Default => None,
            },
            body: block.map(|block| self.block(block)),
        }
    }
}

/// Whether items may be among the statements of a text: a word that one begins with stands where one can begin. Comments
/// and strings are not told from code, so it may say yes for nothing, but never no.
fn may_hold_items(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    // Whether an item could begin here.
    let mut begins = true;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' | b'}' | b';' | b']' | b'\n' => begins = true,
            b'/' => begins = start > 0 && bytes[start - 1] == b'*',
            b' ' | b'\t' | b'\r' => {}
            _ if is_word(byte) => {
                while bytes.get(at).copied().is_some_and(is_word) {
                    at += 1;
                }
                match &text[start..at] {
                    // Macros that do, by whatever path they are called.
                    "thread_local" | "lazy_static" => return true,
                    "fn" | "struct" | "enum" | "union" | "impl" | "trait" | "type" | "use" | "mod"
                    | "static" | "extern" | "pub"
                        if begins =>
                    {
                        return true;
                    }
                    "const" if begins && text[at..].trim_start().starts_with(|c| c != '{' && c != '|') => {
                        return true;
                    }
                    // What follows decides whether it is a block, a closure or an item.
                    "unsafe" | "async" | "auto" => {}
                    _ => begins = false,
                }
            }
            _ => begins = false,
        }
    }
    false
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::may_hold_items;

    #[test]
    fn items_of_every_kind_are_noticed() {
        let items = [
            "fn f() {}",
            "pub(crate) fn f() {}",
            "const fn f() {}",
            "const N: u8 = 1;",
            "const _: () = ();",
            "async fn f() {}",
            "unsafe fn f() {}",
            "async unsafe fn f() {}",
            "unsafe impl Send for S {}",
            "extern \"C\" fn f() {}",
            "extern crate framealloc;",
            "struct S;",
            "enum E {}",
            "union U { a: u8 }",
            "impl S {}",
            "trait T {}",
            "type A = u8;",
            "use a::b;",
            "mod m {}",
            "static S: u8 = 1;",
            "thread_local! { static S: u8 = 1; }",
            "std::thread_local! { static S: u8 = 1; }",
        ];
        for item in items {
            for before in ["", "let a = 1; ", "// g\n", "/* g */", "#[cfg(x)] ", "/// g\n", "if a { b } "] {
                assert!(may_hold_items(&format!("{{ {before}{item} }}")), "{before}{item}");
            }
            assert!(may_hold_items(&format!("{{ g(|| {{ {item} }}) }}")), "{item}");
        }
    }

    #[test]
    fn most_bodies_are_known_to_have_none() {
        let body = "{
            // The use of this is a type of its own, and static.
            let a = unsafe { g(b as *const u8) };
            let c = async move { d().await };
            let e = const { 1 };
            match a { B => f(), _ => x.default() }
        }";
        assert!(!may_hold_items(body));
    }
}
