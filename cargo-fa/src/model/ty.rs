//! Types, as far as they matter: which are of framealloc, which are the program's own, what is within them.

use std::sync::Arc;

use super::index::ItemId;
use crate::source::tree::Name;

/// Types of more parts than this are not known.
const MOST: usize = 256;

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    /// Not known. Nothing is concluded from it.
    Unknown,
    /// A type with a name, and its type parameters.
    Adt(Def, Arc<[Ty]>),
    /// A reference; `true` if it is `&mut`.
    Ref(bool, Arc<Ty>),
    /// A raw pointer.
    Ptr(Arc<Ty>),
    /// `[T]`.
    Slice(Arc<Ty>),
    /// `[T; N]`.
    Array(Arc<Ty>),
    /// A tuple; `()` is the one without elements.
    Tuple(Arc<[Ty]>),
    /// A parameter of a generic item, with its bounds.
    Param(Name, Arc<[Ty]>),
    /// `impl A + B` or `dyn A + B`.
    Bounds(Arc<[Ty]>),
    /// An iterator over values of a type.
    Iter(Arc<Ty>),
    /// A future of a type.
    Future(Arc<Ty>),
    /// A function or closure that returns a type.
    Callable(Arc<Ty>),
    /// `str`.
    Str,
    /// A number, `bool` or `char`.
    Scalar,
    /// `!`.
    Never,
}

/// Which type a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Def {
    /// One of the program's.
    Item(ItemId),
    /// One of framealloc's or of a library that everybody uses.
    Known(Known),
    /// Another, by its full path.
    Foreign(Name),
}

macro_rules! known {
    ($($group:ident { $($name:ident)* })*) => {
        /// A type that the analysis knows by its path.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Known {
            $($(
                #[doc = concat!("`", stringify!($name), "`")]
                $name,
            )*)*
        }

        impl Known {
            const ALL: &'static [Self] = &[$($(Self::$name,)*)*];

            /// What its name is, without the path.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $($(Self::$name => stringify!($name),)*)* }
            }

            $(
                #[doc = concat!("The type of this name, among those of the group `", stringify!($group), "`.")]
                #[must_use]
                pub fn $group(name: &str) -> Option<Self> {
                    match name {
                        $(stringify!($name) => Some(Self::$name),)*
                        _ => None,
                    }
                }
            )*
        }
    };
}

known! {
    framealloc {
        SmartAlloc AllocResource
        Frame Scope SharedFrame LocalFrame ScratchScope
        FrameBox FrameVec FrameString FrameMap FrameSet FrameAllocator FrameRetained
        PoolBox HeapBox TransferHandle
        FrameBarrier BarrierGuard
        Promotion Promotions Promoted RetainedId
        ScratchAllocator ScratchBox ScratchVec ScratchString ScratchMemory
        TagGuard PhaseGuard
        AllocConfig AllocError
    }
    std {
        Arc Rc Box Weak Cow Pin ManuallyDrop MaybeUninit
        LazyLock OnceLock LazyCell OnceCell LocalKey
        Cell RefCell UnsafeCell Mutex RwLock MutexGuard RwLockReadGuard RwLockWriteGuard RefMut
        Vec VecDeque LinkedList BinaryHeap HashMap BTreeMap HashSet BTreeSet String PathBuf OsString
        Option Result Duration Instant
        Thread JoinHandle ScopedJoinHandle Builder
        Sender SyncSender Receiver
    }
    common {
        Res ResMut Local Query Commands
        UnboundedSender UnboundedReceiver
        IndexMap SmallVec ArrayVec
        Lazy
    }
}

impl Ty {
    /// `()`.
    #[must_use]
    pub fn unit() -> Self {
        Self::Tuple(Arc::from([]))
    }

    /// A known type without parameters.
    #[must_use]
    pub fn known(known: Known) -> Self {
        Self::Adt(Def::Known(known), Arc::from([]))
    }

    /// A known type with parameters.
    #[must_use]
    pub fn of(known: Known, args: impl Into<Arc<[Ty]>>) -> Self {
        Self::Adt(Def::Known(known), args.into())
    }

    /// `&T`.
    #[must_use]
    pub fn reference(to: Self) -> Self {
        Self::Ref(false, Arc::new(to))
    }

    /// The known type that this one is.
    #[must_use]
    pub fn as_known(&self) -> Option<Known> {
        match self {
            Self::Adt(Def::Known(known), _) => Some(*known),
            _ => None,
        }
    }

    /// The item that this type is.
    #[must_use]
    pub fn as_item(&self) -> Option<ItemId> {
        match self {
            Self::Adt(Def::Item(item), _) => Some(*item),
            _ => None,
        }
    }

    /// A type parameter; [`Ty::Unknown`] if there is none.
    #[must_use]
    pub fn arg(&self, index: usize) -> Self {
        match self {
            Self::Adt(_, args) => args.get(index).cloned().unwrap_or(Self::Unknown),
            _ => Self::Unknown,
        }
    }

    /// The type behind references.
    #[must_use]
    pub fn peeled(&self) -> &Self {
        let mut ty = self;
        while let Self::Ref(_, inner) = ty {
            ty = inner;
        }
        ty
    }

    /// The type, unless it is larger than any that somebody wrote: types within types of themselves double at each step.
    #[must_use]
    pub fn bounded(self) -> Self {
        fn fits(ty: &Ty, left: &mut usize) -> bool {
            if *left == 0 {
                return false;
            }
            *left -= 1;
            match ty {
                Ty::Adt(_, types) | Ty::Tuple(types) | Ty::Param(_, types) | Ty::Bounds(types) => {
                    types.iter().all(|ty| fits(ty, left))
                }
                Ty::Ref(_, of) | Ty::Ptr(of) | Ty::Slice(of) | Ty::Array(of) => fits(of, left),
                Ty::Iter(of) | Ty::Future(of) | Ty::Callable(of) => fits(of, left),
                Ty::Unknown | Ty::Str | Ty::Scalar | Ty::Never => true,
            }
        }
        let mut left = MOST;
        if fits(&self, &mut left) { self } else { Self::Unknown }
    }

    /// Whether it is not known at all.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// What `Option` or `Result` holds when all is well; `self` for other types.
    #[must_use]
    pub fn unwrapped(&self) -> Self {
        match self.as_known() {
            Some(Known::Option | Known::Result) => self.arg(0),
            _ => self.clone(),
        }
    }
}

impl Known {
    /// The types of framealloc.
    pub fn of_framealloc() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|known| Self::framealloc(known.name()).is_some())
    }

    /// Whether a value of it owns or is tied to frame memory.
    #[must_use]
    pub fn is_frame_value(self) -> bool {
        matches!(
            self,
            Self::FrameBox
                | Self::FrameVec
                | Self::FrameString
                | Self::FrameMap
                | Self::FrameSet
                | Self::FrameAllocator
                | Self::LocalFrame
        )
    }

    /// Whether it is a guard of a frame or of a part of one.
    #[must_use]
    pub fn is_guard(self) -> bool {
        matches!(self, Self::Frame | Self::Scope | Self::SharedFrame)
    }

    /// Whether it gives access to the value of its first parameter by dereferencing.
    #[must_use]
    pub fn derefs_to_parameter(self) -> bool {
        matches!(
            self,
            Self::Arc
                | Self::Rc
                | Self::Box
                | Self::Cow
                | Self::Pin
                | Self::ManuallyDrop
                | Self::LazyLock
                | Self::LazyCell
                | Self::Lazy
                | Self::MutexGuard
                | Self::RwLockReadGuard
                | Self::RwLockWriteGuard
                | Self::RefMut
                | Self::Res
                | Self::ResMut
                | Self::Local
                | Self::FrameBox
                | Self::FrameRetained
                | Self::PoolBox
                | Self::HeapBox
                | Self::Promoted
                | Self::ScratchBox
        )
    }

    /// Whether it holds any number of values of its parameters.
    #[must_use]
    pub fn is_collection(self) -> bool {
        matches!(
            self,
            Self::Vec
                | Self::VecDeque
                | Self::LinkedList
                | Self::BinaryHeap
                | Self::HashMap
                | Self::BTreeMap
                | Self::HashSet
                | Self::BTreeSet
                | Self::IndexMap
                | Self::SmallVec
                | Self::ArrayVec
                | Self::FrameVec
                | Self::FrameMap
                | Self::FrameSet
                | Self::ScratchVec
        )
    }

    /// Whether it holds values of its parameters.
    #[must_use]
    pub fn holds_parameters(self) -> bool {
        self.is_collection()
            || self.derefs_to_parameter()
            || matches!(
                self,
                Self::Option
                    | Self::Result
                    | Self::Cell
                    | Self::RefCell
                    | Self::UnsafeCell
                    | Self::Mutex
                    | Self::RwLock
                    | Self::OnceLock
                    | Self::OnceCell
                    | Self::MaybeUninit
            )
    }

    /// Whether its items are pairs of key and value.
    #[must_use]
    pub fn is_map(self) -> bool {
        matches!(self, Self::HashMap | Self::BTreeMap | Self::IndexMap | Self::FrameMap)
    }

    /// Whether it is a text.
    #[must_use]
    pub fn is_string(self) -> bool {
        matches!(self, Self::String | Self::FrameString | Self::ScratchString)
    }
}
