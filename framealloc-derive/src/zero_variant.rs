//! Which variant of an enum is the one that all zeroes means.

use syn::spanned::Spanned;
use syn::{Attribute, DataEnum, Error, Expr, ExprLit, Ident, Lit, Result, UnOp, Variant};

/// The integer types that an enum may be represented as, and `C`, whose tag is an integer too.
const REPRESENTATIONS: [&str; 13] =
    ["C", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"];

/// Finds the variant with discriminant 0 in an enum whose layout is declared.
///
/// Only with a declared representation is the tag stored as the discriminant itself; the layout that the compiler
/// chooses on its own may store something else, or nothing.
pub(crate) fn find<'a>(name: &Ident, data: &'a DataEnum, attributes: &[Attribute]) -> Result<&'a Variant> {
    if !is_layout_declared(attributes)? {
        return Err(Error::new(
            name.span(),
            "an enum is `Zeroable` only with a declared layout: add `#[repr(u8)]`, another integer type or `C`",
        ));
    }

    // The value that the next variant has if it declares none; unknown behind an expression that is not a literal.
    let mut next = Some(0_i128);
    let mut unreadable = None;
    for variant in &data.variants {
        let value = match &variant.discriminant {
            None => next,
            Some((_, expression)) => {
                let value = literal(expression);
                if value.is_none() {
                    unreadable.get_or_insert(expression);
                }
                value
            }
        };
        if value == Some(0) {
            return Ok(variant);
        }
        next = value.and_then(|value| value.checked_add(1));
    }

    Err(match unreadable {
        Some(expression) => Error::new(
            expression.span(),
            "no variant is known to have the discriminant 0: where this is the one, write it as an integer literal",
        ),
        None => Error::new(
            name.span(),
            "no variant has the discriminant 0, so all zeroes is not a value of this enum",
        ),
    })
}

fn is_layout_declared(attributes: &[Attribute]) -> Result<bool> {
    let mut declared = false;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("repr")) {
        attribute.parse_nested_meta(|meta| {
            declared |= REPRESENTATIONS.iter().any(|name| meta.path.is_ident(name));
            // `align(8)`: not ours to judge, but its argument must be consumed.
            if meta.input.peek(syn::token::Paren) {
                let argument;
                syn::parenthesized!(argument in meta.input);
                argument.parse::<proc_macro2::TokenStream>()?;
            }
            Ok(())
        })?;
    }
    Ok(declared)
}

/// The value of `3`, `-3`, `(3)`; nothing for what would have to be evaluated.
fn literal(expression: &Expr) -> Option<i128> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        Expr::Lit(ExprLit { lit: Lit::Byte(byte), .. }) => Some(i128::from(byte.value())),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => literal(&unary.expr)?.checked_neg(),
        Expr::Paren(inner) => literal(&inner.expr),
        Expr::Group(inner) => literal(&inner.expr),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::find;
    use syn::{Data, DeriveInput, parse_quote};

    /// The name of the zero variant, or the message.
    fn zero_variant(item: DeriveInput) -> Result<String, String> {
        let Data::Enum(data) = &item.data else { panic!("not an enum") };
        find(&item.ident, data, &item.attrs)
            .map(|variant| variant.ident.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_variant_counts_from_zero() {
        assert_eq!(
            zero_variant(parse_quote!(
                #[repr(u8)]
                enum E {
                    A,
                    B,
                }
            )),
            Ok("A".to_owned())
        );
    }

    #[test]
    fn counting_goes_on_from_an_explicit_value() {
        let item = parse_quote!(
            #[repr(i8)]
            enum E {
                A = -2,
                B,
                C,
            }
        );
        assert_eq!(zero_variant(item), Ok("C".to_owned()));
    }

    #[test]
    fn every_notation_of_zero_is_zero() {
        for item in [
            parse_quote!(
                #[repr(u8)]
                enum E {
                    A = 1,
                    Zero = 0x0,
                }
            ),
            parse_quote!(
                #[repr(u8)]
                enum E {
                    A = 1,
                    Zero = 0_u8,
                }
            ),
            parse_quote!(
                #[repr(u8)]
                enum E {
                    A = 1,
                    Zero = (0),
                }
            ),
            parse_quote!(
                #[repr(i8)]
                enum E {
                    A = 1,
                    Zero = -0,
                }
            ),
            parse_quote!(
                #[repr(u8)]
                enum E {
                    A = 1,
                    Zero = b'\0',
                }
            ),
            parse_quote!(
                #[repr(C, align(16))]
                enum E {
                    A = 1,
                    Zero = 0,
                }
            ),
            parse_quote!(
                #[repr(align(16))]
                #[repr(u8)]
                enum E {
                    A = 1,
                    Zero = 0,
                }
            ),
        ] {
            assert_eq!(zero_variant(item), Ok("Zero".to_owned()));
        }
    }

    #[test]
    fn a_layout_left_to_the_compiler_is_refused() {
        for item in [
            parse_quote!(
                enum E {
                    A,
                }
            ),
            parse_quote!(
                #[repr(align(8))]
                enum E {
                    A,
                }
            ),
        ] {
            assert!(zero_variant(item).unwrap_err().contains("declared layout"));
        }
    }

    #[test]
    fn without_a_zero_all_zeroes_is_no_value() {
        let message = zero_variant(parse_quote!(
            #[repr(u8)]
            enum E {
                A = 1,
                B,
            }
        ))
        .unwrap_err();
        assert!(message.contains("not a value of this enum"), "{message}");
    }

    #[test]
    fn an_expression_is_not_guessed_and_nothing_is_counted_from_it() {
        let message = zero_variant(parse_quote!(
            #[repr(i8)]
            enum E {
                A = MINUS_ONE,
                B,
            }
        ))
        .unwrap_err();
        assert!(message.contains("integer literal"), "{message}");
        let item = parse_quote!(
            #[repr(i8)]
            enum E {
                A = FIVE,
                B = 0,
            }
        );
        assert_eq!(zero_variant(item), Ok("B".to_owned()));
    }

    #[test]
    fn an_enum_without_variants_is_refused() {
        assert!(
            zero_variant(parse_quote!(
                #[repr(u8)]
                enum E {}
            ))
            .is_err()
        );
    }
}
