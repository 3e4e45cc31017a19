//! What can be read of macro calls: arguments that are expressions, and the statics of `thread_local!`.

use std::sync::Arc;

use proc_macro2::{TokenStream, TokenTree};
use syn::Token;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;

use super::super::span::Span;
use super::super::tree::{Expr, ExprKind, Item, ItemKind, Lit, MacroCall, Static};
use super::{Lowering, single};

/// Beyond this many tokens, names are not gathered from what could not be parsed.
const MOST_NAMES: usize = 512;

impl Lowering {
    pub(super) fn macro_call(&self, call: &syn::Macro) -> Expr {
        let path = self.path(&call.path, None);
        let close = match &call.delimiter {
            syn::MacroDelimiter::Paren(token) => token.span,
            syn::MacroDelimiter::Brace(token) => token.span,
            syn::MacroDelimiter::Bracket(token) => token.span,
        };
        let span = path.span.to(self.delimited(&close));
        let made = |args, repeat, read| {
            let call = MacroCall { path: path.clone(), args, repeat, read };
            Expr { span, kind: ExprKind::Macro(Box::new(call)) }
        };
        if path.last() == "matches"
            && let Ok((value, pat, guard)) = matches_arguments.parse2(call.tokens.clone())
        {
            let guard = guard.map(|guard| self.expr(&guard));
            return self.matches(span, self.expr(&value), self.pat(&pat), guard);
        }
        if path.last() == "vec"
            && let Ok((value, length)) = repeat_arguments.parse2(call.tokens.clone())
        {
            return made(vec![self.expr(&value), self.expr(&length)], true, true);
        }
        let parser = Punctuated::<syn::Expr, Token![,]>::parse_terminated;
        match parser.parse2(call.tokens.clone()) {
            Ok(args) => {
                let mut args: Vec<_> = args.iter().map(|arg| self.argument(arg)).collect();
                self.inline_arguments(&mut args);
                made(args, false, true)
            }
            Err(_) => {
                let mut names = Vec::new();
                self.names_in(call.tokens.clone(), &mut names);
                made(names, false, false)
            }
        }
    }

    /// `name = value` among the arguments of `format!` is the value.
    fn argument(&self, arg: &syn::Expr) -> Expr {
        match arg {
            syn::Expr::Assign(assign) => self.expr(&assign.right),
            _ => self.expr(arg),
        }
    }

    /// `"{name}"` reads the variable of that name. Names that are no variables are left to whoever looks them up.
    fn inline_arguments(&self, args: &mut Vec<Expr>) {
        let mut inline = Vec::new();
        for arg in args.iter() {
            let ExprKind::Lit(Lit::Str(text)) = &arg.kind else { continue };
            for name in names_in_format(text) {
                let path = single(self.name_of(name), arg.span);
                inline.push(Expr { span: arg.span, kind: ExprKind::Path(path) });
            }
        }
        args.extend(inline);
    }

    fn names_in(&self, tokens: TokenStream, into: &mut Vec<Expr>) {
        for token in tokens {
            if into.len() >= MOST_NAMES {
                return;
            }
            match token {
                TokenTree::Group(group) => self.names_in(group.stream(), into),
                TokenTree::Ident(ident) => {
                    let span = self.span(ident.span());
                    let path = single(self.name(&ident), span);
                    into.push(Expr { span, kind: ExprKind::Path(path) });
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// The statics of `thread_local! { .. }` and `lazy_static! { .. }`.
    pub(super) fn statics_of_macro(&self, call: &syn::Macro) -> Vec<Item> {
        let name = call.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let thread_local = name == "thread_local";
        if !thread_local && name != "lazy_static" {
            return Vec::new();
        }
        let Ok(statics) = statics.parse2(call.tokens.clone()) else { return Vec::new() };
        let lowered = statics.iter().map(|(attrs, vis, ident, ty, value)| {
            let span: Span = self.span(ident.span());
            let value = value.as_ref().and_then(|value| self.literal(value));
            let item = Static { ty: self.ty(ty), value, is_const: false, thread_local };
            self.named(span, ident, attrs, Some(vis), ItemKind::Static(Arc::new(item)))
        });
        lowered.collect()
    }
}

fn matches_arguments(input: ParseStream<'_>) -> syn::Result<(syn::Expr, syn::Pat, Option<syn::Expr>)> {
    let value = input.parse()?;
    input.parse::<Token![,]>()?;
    let pat = syn::Pat::parse_multi_with_leading_vert(input)?;
    let guard = match input.parse::<Option<Token![if]>>()? {
        Some(_) => Some(input.parse()?),
        None => None,
    };
    input.parse::<Option<Token![,]>>()?;
    Ok((value, pat, guard))
}

fn repeat_arguments(input: ParseStream<'_>) -> syn::Result<(syn::Expr, syn::Expr)> {
    let value = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok((value, input.parse()?))
}

type StaticTokens = (Vec<syn::Attribute>, syn::Visibility, syn::Ident, syn::Type, Option<syn::Expr>);

fn statics(input: ParseStream<'_>) -> syn::Result<Vec<StaticTokens>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        let attrs = input.call(syn::Attribute::parse_outer)?;
        let vis = input.parse()?;
        input.parse::<Token![static]>()?;
        input.parse::<Option<Token![ref]>>()?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        input.parse::<Option<Token![;]>>()?;
        found.push((attrs, vis, name, ty, value));
    }
    Ok(found)
}

/// The names in the braces of a format string.
fn names_in_format(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let end = rest.find([':', '}']).unwrap_or(rest.len());
        let name = &rest[..end];
        let starts = name.chars().next().is_some_and(|c| c == '_' || c.is_alphabetic());
        if starts && name.chars().all(|c| c == '_' || c.is_alphanumeric()) {
            names.push(name);
        }
        // Width and precision may name variables as well: `{:width$}`.
        if let Some(close) = rest.find('}') {
            let spec = rest[end..close].split(['.', ':', '<', '>', '^', '?']);
            names.extend(
                spec.filter_map(|part| part.strip_suffix('$'))
                    .filter(|name| name.chars().next().is_some_and(|c| c == '_' || c.is_alphabetic())),
            );
            rest = &rest[close + 1..];
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::names_in_format;

    #[test]
    fn names_in_format_strings() {
        assert_eq!(names_in_format("{a} {{b}} {c:?} {0} {} {d:>width$.2}"), ["a", "c", "d", "width"]);
        assert_eq!(names_in_format("{"), Vec::<&str>::new());
    }
}
