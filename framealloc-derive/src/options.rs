//! The helper attribute `#[zeroable(..)]`.

use syn::{Attribute, Error, LitStr, Path, Result, parse_quote};

/// The path under which the emitted code finds framealloc: `#[zeroable(crate = "path")]`, or `::framealloc`.
pub(crate) fn crate_path(attributes: &[Attribute]) -> Result<Path> {
    let mut found: Option<Path> = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("zeroable")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("crate") {
                return Err(meta.error("the only setting here is `crate = \"path::to::framealloc\"`"));
            }
            if found.is_some() {
                return Err(meta.error("`crate` is given twice"));
            }
            let text: LitStr = meta.value()?.parse()?;
            let path = text.parse_with(Path::parse_mod_style).map_err(|_| {
                Error::new(text.span(), format!("`{}` is not a path to a crate or module", text.value()))
            })?;
            found = Some(path);
            Ok(())
        })?;
    }
    Ok(found.unwrap_or_else(|| parse_quote!(::framealloc)))
}
