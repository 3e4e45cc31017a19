//! What the derive emits: the implementation, and beside it the checks that it rests on.
//!
//! The implementation is `unsafe`, and its user may have forbidden unsafe code. So nothing may be believed: each field
//! that all zeroes reaches is checked by the compiler in the item *as it is compiled*, not only as this macro saw it.
//! (An attribute macro written below the derive could still change the item.)

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Data, DataEnum, DataUnion, DeriveInput, Fields, Generics, Member, Path, Result, Type, parse_quote,
};

use crate::{options, zero_variant};

/// The whole output for one item.
pub(crate) fn zeroable(item: DeriveInput) -> Result<TokenStream> {
    let krate = options::crate_path(&item.attrs)?;
    let DeriveInput { attrs, ident: name, mut generics, data, .. } = item;

    let (field_types, checks) = match &data {
        Data::Struct(data) => (types_of(&data.fields), check_struct(&data.fields)),
        Data::Enum(data) => {
            let variant = zero_variant::find(&name, data, &attrs)?;
            (types_of(&variant.fields), check_enum(data, variant))
        }
        Data::Union(data) => (data.fields.named.iter().map(|field| &field.ty).collect(), check_union(data)),
    };
    require_of_generic_fields(&mut generics, &field_types, &krate);

    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    Ok(quote! {
        // SAFETY: all zeroes is a value of each field that it reaches (the checks below), and for an enum its tag
        // says the variant with discriminant 0, whose fields are the ones checked.
        #[automatically_derived]
        unsafe impl #impl_generics #krate::Zeroable for #name #type_generics #where_clause {}

        // A trait of its own, so that `Self` in a field's type means what it meant in the item. The underscores keep
        // `dead_code` silent without an `allow`, which would be an error under `forbid`.
        const _: () = {
            fn __must_be_zeroable<__T: #krate::Zeroable>(_: *const __T) {}
            trait __FieldsAreZeroable {
                fn __check(__value: &Self);
            }
            #[automatically_derived]
            impl #impl_generics __FieldsAreZeroable for #name #type_generics #where_clause {
                fn __check(__value: &Self) {
                    #checks
                }
            }
        };
    })
}

fn types_of(fields: &Fields) -> Vec<&Type> {
    fields.iter().map(|field| &field.ty).collect()
}

/// Each field by name, and by the pattern that there are no others.
fn check_struct(fields: &Fields) -> TokenStream {
    let (types, members): (Vec<&Type>, Vec<Member>) = (types_of(fields), fields.members().collect());
    quote! {
        let Self { #( #members: _, )* } = __value;
        // Raw, since a reference to a field of a packed struct is an error.
        #( __must_be_zeroable::<#types>(&raw const __value.#members); )*
    }
}

/// Each field of the zero variant, by the pattern that there are no others.
fn check_enum(data: &DataEnum, zero: &syn::Variant) -> TokenStream {
    let (types, members): (Vec<&Type>, Vec<Member>) =
        (types_of(&zero.fields), zero.fields.members().collect());
    let bindings: Vec<_> = (0..members.len()).map(|index| quote::format_ident!("__field_{index}")).collect();
    let name = &zero.ident;
    let others = (data.variants.len() > 1).then(|| quote!(_ => {}));
    quote! {
        match __value {
            Self::#name { #( #members: #bindings, )* } => {
                #( __must_be_zeroable::<#types>(#bindings); )*
            }
            #others
        }
    }
}

/// Each field's type. A union has no pattern that names all its fields, and a field of it is not a safe place in the
/// oldest supported compiler, so here the types as written must do.
fn check_union(data: &DataUnion) -> TokenStream {
    let types = data.fields.named.iter().map(|field| &field.ty);
    quote! {
        let _ = __value;
        #( __must_be_zeroable::<#types>(::core::ptr::null()); )*
    }
}

/// Adds `Field: Zeroable` for each type that depends on the item's parameters.
///
/// Bounds on the fields rather than on the parameters: `Id<T>(u32, PhantomData<T>)` needs nothing of `T`. The other
/// types get no bound: it would hold always or never, and the checks say which at the field.
fn require_of_generic_fields(generics: &mut Generics, types: &[&Type], krate: &Path) {
    let parameters: Vec<String> = generics
        .type_params()
        .map(|parameter| parameter.ident.to_string())
        .chain(generics.const_params().map(|parameter| parameter.ident.to_string()))
        .collect();
    let bounds: Vec<syn::WherePredicate> = types
        .iter()
        .filter(|ty| mentions(ty.to_token_stream(), &parameters))
        .map(|ty| parse_quote!(#ty: #krate::Zeroable))
        .collect();
    if !bounds.is_empty() {
        generics.make_where_clause().predicates.extend(bounds);
    }
}

/// Whether one of `names` occurs in `tokens`. A name that merely looks like a parameter costs a needless bound.
fn mentions(tokens: TokenStream, names: &[String]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), names),
        TokenTree::Ident(ident) => names.contains(&ident.to_string()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
