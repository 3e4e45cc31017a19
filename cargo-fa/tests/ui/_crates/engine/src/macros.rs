//! Small helpers as macros by example.

/// A list in frame memory.
macro_rules! frame_list {
    ($alloc:expr; $($value:expr),* $(,)?) => {{
        let mut list = $alloc.frame_vec();
        $(list.push($value);)*
        list
    }};
}

/// A copy in frame memory.
macro_rules! frame_copy {
    ($alloc:expr, $source:expr) => {
        $alloc.frame_slice_copy($source)
    };
}

/// Implements `name` of a system.
macro_rules! system_name {
    ($name:literal) => {
        fn name(&self) -> &'static str {
            $name
        }
    };
}
