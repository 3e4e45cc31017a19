//! Which types have to do with framealloc at all.

use super::index::{Index, ItemShape};
use super::ty::{Def, Known, Ty};

impl Index {
    /// Finds the types of the program that hold one of framealloc, directly or within others.
    pub(super) fn find_mentions(&mut self) {
        let mut mentions = vec![false; self.items.len()];
        loop {
            let mut news = false;
            for (number, item) in self.items.iter().enumerate() {
                let holds = |ty: &Ty| of_library(ty, &mentions);
                let found = !mentions[number]
                    && match &item.shape {
                        ItemShape::Struct { fields, .. } => fields.iter().any(|(_, ty)| holds(ty)),
                        ItemShape::Enum { variants } => {
                            variants.iter().flat_map(|(_, fields)| fields).any(|(_, ty)| holds(ty))
                        }
                        ItemShape::Value { ty, .. } => holds(ty),
                        ItemShape::Alias(_) | ItemShape::Trait { .. } => false,
                    };
                if found {
                    mentions[number] = true;
                    news = true;
                }
            }
            if !news {
                break;
            }
        }
        self.mentions = mentions;
    }

    /// Whether a value of this type is, or may hold, one of framealloc's types.
    #[must_use]
    pub fn mentions_library(&self, ty: &Ty) -> bool {
        of_library(ty, &self.mentions)
    }
}

fn of_library(ty: &Ty, mentions: &[bool]) -> bool {
    let any = |types: &[Ty]| types.iter().any(|ty| of_library(ty, mentions));
    match ty {
        Ty::Adt(def, args) => {
            let own = match def {
                Def::Known(known) => Known::framealloc(known.name()).is_some(),
                Def::Item(id) => mentions.get(id.0 as usize).copied().unwrap_or(false),
                Def::Foreign(_) => false,
            };
            own || any(args)
        }
        Ty::Ref(_, of) | Ty::Ptr(of) | Ty::Slice(of) | Ty::Array(of) | Ty::Iter(of) => {
            of_library(of, mentions)
        }
        Ty::Future(of) | Ty::Callable(of) => of_library(of, mentions),
        Ty::Tuple(types) | Ty::Param(_, types) | Ty::Bounds(types) => any(types),
        Ty::Unknown | Ty::Str | Ty::Scalar | Ty::Never => false,
    }
}
